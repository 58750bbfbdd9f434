import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Item } from "~/api/types";
import { broken, cover, fitting, makeCard } from "./share";

describe("cover", () => {
  it("shows the thing with air around it", () => {
    expect(cover(4000, 3000, { width: 432, height: 248 })).toBeCloseTo(2);
  });

  it("never shows more than the photo has", () => {
    expect(cover(1080, 1080, { width: 1080, height: 1080 })).toBe(1);
  });
});

describe("broken", () => {
  const measure = (words: string) => words.length;

  it("breaks between words", () => {
    expect(broken("물로 헹군 뒤 말려요", 8, measure, 3)).toEqual(["물로 헹군 뒤", "말려요"]);
  });

  it("ends with an ellipsis what does not fit", () => {
    expect(broken("하나 둘 셋 넷", 2, measure, 2)).toEqual(["하나", "둘…"]);
  });
});

describe("steps", () => {
  it("are all there where there is room", () => {
    expect(fitting([66, 66, 66], 198, 36)).toEqual([0, 1, 2]);
  });

  it("end with the last one, whatever has to go, and say that something went", () => {
    expect(fitting([66, 66, 66, 66, 66], 250, 36)).toEqual([0, 1, null, 4]);
    expect(fitting([120, 120, 120], 130, 36)).toEqual([null, 2]);
  });

  it("are drawn alone when nothing else finds room", () => {
    expect(fitting([500], 200, 36)).toEqual([0]);
    expect(fitting([], 200, 36)).toEqual([]);
  });
});

describe("a card", () => {
  const item = {
    name: "유리병",
    box: null,
    disposal: { category: "glass", category_name: "유리병류", steps: ["헹궈요", "유리함에 넣어요"] },
  } as unknown as Item;
  const words = { brand: "분리", tagline: "" };
  let photo: Partial<HTMLImageElement> = {};
  let drawn: string[] = [];

  /** A canvas that keeps what was written, and may not be read once a photo was drawn that `taints` it. */
  beforeEach(() => {
    drawn = [];
    vi.stubGlobal("Path2D", vi.fn());
    Object.assign(document, { fonts: { load: () => Promise.resolve([]) } });
    const tainted = new WeakSet<object>();
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (
      this: HTMLCanvasElement,
    ) {
      const told: Record<string, unknown> = {
        measureText: (text: string) => ({ width: text.length }),
        fillText: (text: string) => drawn.push(text),
        drawImage: () => {
          drawn.push("photo");
          if (photo.crossOrigin === undefined) tainted.add(this);
        },
      };
      return new Proxy(
        {},
        { get: (_, name) => told[String(name)] ?? (() => undefined), set: () => true },
      ) as never;
    });
    vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation(function (
      this: HTMLCanvasElement,
      done,
    ) {
      if (tainted.has(this)) throw new DOMException("tainted", "SecurityError");
      done(new Blob(["card"], { type: "image/png" }));
    });
  });

  function camera(decode: () => Promise<void>) {
    photo = { naturalWidth: 800, naturalHeight: 600, decode };
    vi.stubGlobal("Image", function () {
      return photo;
    });
  }

  it("asks a store elsewhere for a photo that may be read again", async () => {
    camera(() => Promise.resolve());
    await expect(makeCard(item, "https://store.example/1", words)).resolves.toMatchObject({
      type: "image/png",
    });
    expect(photo.crossOrigin).toBe("anonymous");
    expect(drawn.filter((what) => what === "photo")).toHaveLength(1);
  });

  it("is made without a photo that cannot be had", async () => {
    camera(() => Promise.reject(new DOMException("no CORS", "EncodingError")));
    await expect(makeCard(item, "https://store.example/1", words)).resolves.toMatchObject({
      type: "image/png",
    });
    expect(drawn).toContain("유리함에 넣어요");
    expect(drawn).not.toContain("photo");
  });
});
