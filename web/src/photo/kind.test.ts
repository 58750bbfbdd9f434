import { expect, it } from "vitest";
import { kindOfBytes } from "./kind";

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

it.each([
  ["\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"],
  ["\x89PNG\r\n\x1a\n", "png"],
  ["GIF89a", "gif"],
  ["RIFF\x24\0\0\0WEBPVP8 ", "webp"],
  ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"],
  ["\0\0\0\x18ftypmif1\0\0\0\0mif1heix", "heic"],
  ["\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "avif"],
  ["\0\0\0\x18ftypmp42\0\0\0\0isom", null],
  ["RIFF\x24\0\0\0WAVEfmt ", null],
  ["안녕하세요, 사진이 아니에요.", null],
  ["", null],
])("%j is %s", (head, kind) => {
  expect(kindOfBytes(bytes(head))).toBe(kind);
});
