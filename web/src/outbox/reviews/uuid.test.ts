import { expect, it } from "vitest";
import { uuidV7 } from "./uuid";

it("is a UUID of version 7 that begins with the time", () => {
  const id = uuidV7(0x0123_4567_89ab);
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it("sorts by time, and is never the same twice", () => {
  const ids = Array.from({ length: 500 }, (_, index) => uuidV7(1_700_000_000_000 + index));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(Array.from({ length: 500 }, () => uuidV7(5))).size).toBe(500);
});
