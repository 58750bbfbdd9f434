import { describe, expect, it, vi } from "vitest";
import { withoutNotes } from "./heic";
import { AVIF, HEIC, withoutItems } from "./heic.samples";
import { MOST_BYTES, prepare } from "./prepare";

// jsdom decodes nothing: the browser that cannot read a file.
describe("what this browser cannot read", () => {
  it("is sent without the camera's notes when it is HEIC, whatever the device calls it", async () => {
    const sent = await prepare(new File([HEIC], "IMG_1"));
    const bytes = new Uint8Array(await sent.arrayBuffer());
    expect(sent.type).toBe("image/heic");
    expect(bytes).toEqual(withoutNotes(HEIC));
    expect(new TextDecoder("latin1").decode(bytes)).not.toContain("SECRET");
  });

  it("is refused when the place cannot be removed from it", async () => {
    const strange = new File([withoutItems(HEIC)], "IMG_1.HEIC", { type: "image/heic" });
    await expect(prepare(strange)).rejects.toMatchObject({ code: "photo_keeps_place" });
  });

  it("is called cut off where its end is missing", async () => {
    const cut = new File([HEIC.slice(0, -1)], "IMG_1.HEIC", { type: "image/heic" });
    await expect(prepare(cut)).rejects.toMatchObject({ code: "photo_broken" });
  });

  it("is refused when it is AVIF, which the platform does not take", async () => {
    await expect(prepare(new File([AVIF], "a.avif"))).rejects.toMatchObject({ code: "photo_unreadable" });
  });

  it("is refused when it only calls itself a photo", async () => {
    const text = new File(["분리배출"], "photo.jpg", { type: "image/jpeg" });
    await expect(prepare(text)).rejects.toMatchObject({ code: "photo_unreadable" });
  });

  it("is called damaged when it begins like a photo", async () => {
    const broken = new File([new Uint8Array([0xff, 0xd8, 0xff, 0])], "photo.jpg");
    await expect(prepare(broken)).rejects.toMatchObject({ code: "photo_broken" });
  });

  it("is not even opened when it is enormous", async () => {
    const film = new File([], "film.mov");
    vi.spyOn(film, "size", "get").mockReturnValue(MOST_BYTES + 1);
    await expect(prepare(film)).rejects.toMatchObject({ code: "photo_too_big" });
  });
});
