import { describe, expect, it, vi } from "vitest";
import { MOST_BYTES, prepare } from "./prepare";

const heic = new Uint8Array([0, 0, 0, 24, ...new TextEncoder().encode("ftypheic\0\0\0\0mif1heic")]);

// jsdom decodes nothing: the browser that cannot read a file.
describe("what this browser cannot read", () => {
  it("is sent as it is when it is HEIC, whatever the device calls it", async () => {
    const sent = await prepare(new File([heic], "IMG_1.HEIC"));
    expect(sent.type).toBe("image/heic");
    expect(new Uint8Array(await sent.arrayBuffer())).toEqual(heic);
  });

  it("is refused when it only calls itself a photo", async () => {
    const text = new File(["분리배출"], "photo.jpg", { type: "image/jpeg" });
    await expect(prepare(text)).rejects.toMatchObject({ code: "photo_unreadable" });
  });

  it("is refused when it begins like a photo and is none", async () => {
    const broken = new File([new Uint8Array([0xff, 0xd8, 0xff, 0])], "photo.jpg");
    await expect(prepare(broken)).rejects.toMatchObject({ code: "photo_unreadable" });
  });

  it("is not even opened when it is enormous", async () => {
    const film = new File([], "film.mov");
    vi.spyOn(film, "size", "get").mockReturnValue(MOST_BYTES + 1);
    await expect(prepare(film)).rejects.toMatchObject({ code: "photo_too_big" });
  });
});
