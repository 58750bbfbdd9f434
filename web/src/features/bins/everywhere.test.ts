import { expect, it } from "vitest";
import { playPlatform } from "~/test/platform";
import { askEarly, askedEarly } from "./everywhere";

const EMPTY = { bins: [], clusters: [], kinds: [], total: 0 };

it("asks once before the page is there, and tells the answer once", async () => {
  const { asked } = playPlatform(() => ({ body: EMPTY }));
  askEarly();
  askEarly(); // a link to the page is hovered again and again
  await expect(askedEarly()).resolves.toEqual(EMPTY);
  expect(askedEarly()).toBeNull();
  askEarly();
  expect(askedEarly()).toBeNull();
  expect(asked).toHaveLength(1);
});
