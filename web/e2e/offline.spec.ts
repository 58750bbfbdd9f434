import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, keep, test } from "./support/test";

test.afterEach(({ complaints }) => {
  complaints.length = 0; // what could not be reached
});

/** How many items are stored on this device. */
function storedItems(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open("bunri");
        opening.onerror = () => {
          resolve(0);
        };
        opening.onsuccess = () => {
          const database = opening.result;
          const close = (count: number) => {
            database.close();
            resolve(count);
          };
          if (!database.objectStoreNames.contains("items")) {
            close(0);
            return;
          }
          const rows = database.transaction("items").objectStore("items").getAll();
          rows.onsuccess = () => {
            const [row] = rows.result as { items: unknown[] }[];
            close(row?.items.length ?? 0);
          };
        };
      }),
  );
}

/** Visits once, as long as the rules need to be stored, and comes again without a network. */
async function comeBackOffline(page: Page, to: string): Promise<void> {
  await page.goto("/");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => storedItems(page)).toBeGreaterThan(300);
  await page.context().setOffline(true);
  await page.goto(to);
}

test("words are found without a network, and their page says from when it is", async ({ page }, testInfo) => {
  await comeBackOffline(page, "/search");
  const field = page.getByRole("combobox");
  await field.fill("페트ㅂ");
  await expect(page.getByRole("option", { name: /투명 페트병/ }).first()).toBeVisible();
  await field.fill("보조배터리");
  await field.press("Enter");
  await expect(page.getByRole("note")).toContainText("이 기기에 저장된 내용이에요.");
  await page.screenshot({ path: testInfo.outputPath("found.png") });
  await expectAccessible(page);
  await page.getByRole("region", { name: "찾은 것" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/items\//);
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
  await expect(page.getByRole("note").first()).toContainText("이 기기에 저장된 내용이에요.");
  await page.screenshot({ path: testInfo.outputPath("item.png"), fullPage: true });
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.reload();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
});

test("what no item is called is said so without a network, too", async ({ page }) => {
  await comeBackOffline(page, "/search?q=인공위성");
  await expect(page.getByRole("heading", { name: "찾지 못했어요" })).toBeVisible();
});

test("the rules on the device are those of the person's district and language", async ({ page, request }) => {
  const asking = { headers: { "Accept-Language": "en" }, params: { region: "jeju" } };
  const there = (await (await request.get("/api/v1/recycling/items", asking)).json()) as {
    items: { item: string; disposal: { steps: string[]; rule: { region: string | null } } }[];
  };
  const local = there.items.find(({ disposal }) => disposal.rule.region === "jeju");
  if (!local) throw new Error("no rule of its own");
  await keep(page, { language: "en", region: "jeju" });
  await comeBackOffline(page, `/items/${local.item}`);
  const steps = page.getByRole("listitem");
  for (const step of local.disposal.steps) await expect(steps.filter({ hasText: step })).toHaveCount(1);
  await expect(page.getByRole("note").first()).toContainText("From this device, as of");
});

test("the server's answer takes the place of the device's when the network is back", async ({ page }) => {
  await comeBackOffline(page, "/search?q=보조배터리");
  await expect(page.getByRole("note")).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByRole("note")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "찾은 것" })).toBeVisible();
});
