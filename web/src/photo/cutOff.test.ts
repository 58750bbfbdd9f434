import { expect, it } from "vitest";
import { isCutOff } from "./cutOff";
import { HEIC } from "./heic.samples";

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? Array.from(part, (one) => one.charCodeAt(0)) : part)),
  );

/** An EXIF block that holds a whole thumbnail, a scan, and what comes after it. */
const jpeg = (...rest: (string | number[])[]) =>
  bytes([0xff, 0xd8, 0xff, 0xe1, 0, 8], "Ex", [0xff, 0xda, 0xff, 0xd9], [0xff, 0xda, 0, 2, 1, 2, 3], ...rest);
const webp = (size: number, length: number) =>
  bytes("RIFF", [size, 0, 0, 0], "WEBPVP8 ", Array<number>(length).fill(0));

it.each([
  ["a whole JPEG", jpeg([0xff, 0xd9]), "jpeg", false],
  ["a JPEG with a film behind it", jpeg([0xff, 0xd9], "ftypmp42 and more"), "jpeg", false],
  ["a JPEG without its end", jpeg(), "jpeg", true],
  ["a JPEG cut in its head", jpeg().slice(0, 9), "jpeg", true],
  ["a whole PNG", bytes("\x89PNG IDAT \0\0\0\0IEND\xae\x42\x60\x82"), "png", false],
  ["a PNG without its end", bytes("\x89PNG IDAT "), "png", true],
  ["a whole WebP", webp(20, 12), "webp", false],
  ["a WebP without its end", webp(90, 12), "webp", true],
  ["a whole HEIC", HEIC, "heic", false],
  ["a HEIC without its end", HEIC.slice(0, -1), "heic", true],
  ["a GIF, whose end nobody looks for", bytes("GIF89a"), "gif", false],
] as const)("%s", (_, file, kind, cut) => {
  expect(isCutOff(file, kind)).toBe(cut);
});
