import { expect, it } from "vitest";
import { fakeServer } from "~/test/fakeServer";
import { prefetchAllBins, takePrefetchedBins } from "./allBins";

const EMPTY = { bins: [], clusters: [], kinds: [], total: 0, credits: [] };

it("asks once before the page is there, and tells the answer once", async () => {
  const { asked } = fakeServer(() => ({ body: EMPTY }));
  prefetchAllBins();
  prefetchAllBins(); // a link to the page is hovered again and again
  await expect(takePrefetchedBins()).resolves.toEqual(EMPTY);
  expect(takePrefetchedBins()).toBeNull();
  prefetchAllBins();
  expect(takePrefetchedBins()).toBeNull();
  expect(asked).toHaveLength(1);
});
