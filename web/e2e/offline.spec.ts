import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectNoSidewaysScroll, keep, test } from "./support/test";

test.afterEach(({ complaints }) => {
  complaints.length = 0; // what could not be reached
});

/** The rows of an object store on this device. */
function storedRows(page: Page, store: string): Promise<unknown[]> {
  return page.evaluate(
    (name) =>
      new Promise<unknown[]>((resolve) => {
        const opening = indexedDB.open("bunri");
        opening.onerror = () => {
          resolve([]);
        };
        opening.onsuccess = () => {
          const database = opening.result;
          const close = (rows: unknown[]) => {
            database.close();
            resolve(rows);
          };
          if (!database.objectStoreNames.contains(name)) {
            close([]);
            return;
          }
          const rows = database.transaction(name).objectStore(name).getAll();
          rows.onsuccess = () => {
            close(rows.result);
          };
        };
      }),
    store,
  );
}

/** How many items are stored on this device. */
async function storedItems(page: Page): Promise<number> {
  const [row] = (await storedRows(page, "items")) as { items: unknown[] }[];
  return row?.items.length ?? 0;
}

type StoredBins = { bins: { name: string }[]; all: object | null };

async function storedBins(page: Page): Promise<StoredBins | undefined> {
  const [row] = (await storedRows(page, "bins")) as StoredBins[];
  return row;
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

test.describe("the bins seen last", () => {
  const AT_CITY_HALL = "/bins?lat=37.5663&lng=126.9779";
  const rows = (page: Page) => page.getByRole("main").locator("ol > li");
  const marks = (page: Page) =>
    page
      .getByRole("region", { name: /수거함 지도|Map of bins/ })
      .getByRole("button", { name: /수거함|bin/i });

  /** Looks at the bins near the city hall, as long as they need to be stored, and comes again without a network. */
  async function comeBackToBins(page: Page, from = AT_CITY_HALL, to = from): Promise<void> {
    await page.goto(from);
    await page.evaluate(() => navigator.serviceWorker.ready);
    if (from === AT_CITY_HALL) await expect(rows(page).first()).toContainText("서울시청");
    await expect.poll(async () => (await storedBins(page))?.all).toBeTruthy();
    if (from === AT_CITY_HALL)
      await expect.poll(async () => (await storedBins(page))?.bins.length).toBeGreaterThanOrEqual(20);
    // What the browser fetched a moment ago it would answer itself.
    await page.route("**/api/**", (route) => route.abort());
    await page.context().setOffline(true);
    await page.goto(to);
  }

  for (const language of ["ko", "en"])
    test(`are shown with their date, and a word that they may have changed: ${language}`, async ({
      page,
    }, testInfo) => {
      await keep(page, { language });
      await comeBackToBins(page);
      await expect(rows(page).first()).toContainText("서울시청");
      const note = page.getByRole("note");
      await expect(note).toContainText(
        language === "ko" ? "이 기기에 저장된 내용이에요." : "From this device, as of",
      );
      await expect(
        page.getByText(language === "ko" ? "그사이 바뀌었을 수 있어요." : "They may have changed since."),
      ).toBeVisible();
      await expect(marks(page).first()).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      for (const [width, theme] of [
        [390, "light"],
        [1280, "dark"],
      ] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme);
        await page.screenshot({ path: testInfo.outputPath(`bins-${width}.png`) });
      }
      await rows(page).first().getByRole("button").click();
      await expect(page.getByRole("heading", { level: 2, name: /서울시청/ })).toBeFocused();
      await expect(page.getByRole("note")).toBeVisible();
      await expect(
        page.getByRole("link", { name: language === "ko" ? /길찾기/ : /Directions/ }),
      ).toBeVisible();
    });

  test("are asked of the platform again when the network is back", async ({ page }) => {
    await comeBackToBins(page);
    await expect(page.getByRole("note")).toBeVisible();
    await page.unroute("**/api/**");
    await page.context().setOffline(false);
    await expect(page.getByRole("note")).toHaveCount(0);
    await expect(rows(page).first()).toContainText("서울시청");
  });

  test("do not tell where the person was", async ({ page, context }) => {
    await context.grantPermissions(["geolocation"]);
    await context.setGeolocation({ latitude: 37.566251, longitude: 126.977954 });
    await page.goto("/bins");
    await page.getByRole("button", { name: "내 위치에서 찾기" }).first().click();
    await expect(rows(page).first()).toContainText("서울시청");
    await expect.poll(async () => (await storedBins(page))?.bins.length).toBeGreaterThanOrEqual(20);
    const stored = JSON.stringify(await storedBins(page));
    expect(stored).not.toContain("distance");
    expect(stored).not.toMatch(/37\.56625|126\.97795/);
  });

  test("show the country from afar, and fail with a sentence where none are known", async ({ page }) => {
    await comeBackToBins(page, "/bins");
    await expect(page.getByRole("button", { name: /^서울 ?\d+개/ })).toBeVisible();
    await expect(page.getByRole("note")).toContainText("이 기기에 저장된 내용이에요.");
    await expectAccessible(page);
    await page.goto("/bins?lat=35.1&lng=126.9");
    await expect(page.getByRole("alert").or(page.getByText("인터넷")).first()).toBeVisible();
    await expect(rows(page)).toHaveCount(0);
  });

  test("are gone once the person is forgotten", async ({ page }) => {
    await page.goto(AT_CITY_HALL);
    await expect.poll(async () => (await storedBins(page))?.bins.length).toBeGreaterThanOrEqual(20);
    await page.goto("/me/settings");
    await page.getByRole("button", { name: "모두 잊기" }).click();
    await page.getByRole("button", { name: "네, 잊어 주세요" }).click();
    await expect.poll(() => storedBins(page)).toBeUndefined();
  });
});
