import { asked, hand } from "./support/coach";
import { killApi } from "./support/kill";
import { test } from "./support/test";

test("a platform that is killed while it looks comes back with the answer", async ({ page, complaints }) => {
  test.skip(Boolean(process.env.BUNRI_E2E_URL), "only a platform that the tests started is killed");
  await page.goto("/");
  const handed = page.waitForResponse((response) => response.url().includes("/upload-complete/"));
  await hand(page, 29);
  await handed;
  killApi();
  await asked(page);
  complaints.length = 0;
});
