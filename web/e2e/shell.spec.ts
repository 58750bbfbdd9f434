import { expect, expectAccessible, expectNoSidewaysScroll, keep, tabTo, test } from "./support/test";

test.describe("language", () => {
  test("follows the browser: Korean", async ({ page }) => {
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("lang", "ko");
    await expect(page).toHaveTitle(/ · 분리$/);
    await expect(page.getByRole("navigation", { name: "주 메뉴" })).toBeVisible();
  });

  test.describe("of an English browser", () => {
    test.use({ locale: "en-GB" });

    test("is English", async ({ page }) => {
      await page.goto("/");
      await expect(page.locator("html")).toHaveAttribute("lang", "en");
      await expect(page).toHaveTitle(/ · bunri$/);
    });
  });

  test("changes without a reload and is kept", async ({ page }) => {
    await page.goto("/me/settings");
    await page.evaluate(() => Object.assign(window, { same: true }));
    await page.getByRole("radio", { name: "English" }).check();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    // What the platform words is asked for again in the new language.
    await expect(page.getByRole("combobox", { name: "Region" })).toContainText("Gangnam-gu");
    expect(await page.evaluate(() => "same" in window)).toBe(true);
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  });
});

test.describe("look", () => {
  test("is the system's until somebody chooses, then theirs", async ({ page }) => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.goto("/me/settings");
    const html = page.locator("html");
    await expect(html).toHaveAttribute("data-theme", "dark");
    await page.getByRole("radio", { name: "밝게" }).check();
    await expect(html).toHaveAttribute("data-theme", "light");
    await page.getByRole("switch", { name: "또렷하게 보기" }).check();
    await expect(html).toHaveAttribute("data-contrast", "more");
    await page.reload();
    await expect(html).toHaveAttribute("data-theme", "light");
    await expect(html).toHaveAttribute("data-contrast", "more");
  });

  test("is right before any script of ours has come", async ({ page, complaints }) => {
    await keep(page, { theme: "dark", language: "en" });
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto("/");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    complaints.length = 0; // the scripts that we kept away
  });
});

test.describe("without a mouse", () => {
  test("the first stop leads past the navigation", async ({ page }) => {
    await page.goto("/me/about");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "본문으로 건너뛰기" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("#main")).toBeFocused();
  });

  test("every page is reached, and its heading takes the focus", async ({ page }) => {
    await page.goto("/");
    await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    for (const [link, path] of [
      ["수거함", "/bins"],
      ["이웃", "/chat"],
      ["나", "/me"],
      ["코치", "/"],
    ] as const) {
      await tabTo(page, "link", link);
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
      await expect(page.getByRole("link", { name: link, exact: true })).toHaveAttribute(
        "aria-current",
        "page",
      );
    }
  });
});

test.describe("when something is wrong", () => {
  test("an address without a page says so and leads home", async ({ page }) => {
    await page.goto("/no/such/page");
    await expect(page.getByText("주소가 바뀌었거나")).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "첫 화면으로" }).click();
    await expect(page).toHaveURL("/");
  });

  test("a page that cannot be fetched leaves the shell standing", async ({ page, complaints }) => {
    await page.route("**/assets/AboutPage-*.js", (route) => route.abort());
    await page.goto("/me/about");
    await expect(page.getByRole("heading", { name: "연결이 되지 않아요" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: "나", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "나" })).toBeVisible();
    complaints.length = 0; // the request that we made fail
  });

  test("a page that cannot be prepared takes nobody's words", async ({ page, complaints }) => {
    await page.route("**/assets/MePage-*.js", (route) => route.abort());
    await page.goto("/search");
    await page.evaluate(() => Object.assign(window, { same: true }));
    const field = page.getByRole("combobox");
    await field.fill("우유");
    const refused = page.waitForEvent("requestfailed");
    await page.getByRole("link", { name: "나", exact: true }).hover();
    await refused;
    await page.getByRole("link", { name: "수거함" }).hover();
    await expect(field).toHaveValue("우유");
    await page.getByRole("link", { name: "수거함" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "수거함" })).toBeAttached();
    expect(await page.evaluate(() => "same" in window)).toBe(true);
    complaints.length = 0; // the requests that we made fail
  });

  test("a page whose code a new version has taken away comes with that version", async ({
    page,
    complaints,
  }) => {
    await page.goto("/me");
    await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    let replaced = false;
    page.on("request", (request) => (replaced ||= request.isNavigationRequest()));
    await page.route("**/assets/AboutPage-*.js", (route) =>
      replaced ? route.fallback() : route.fulfill({ status: 404 }),
    );
    await Promise.all([
      page.waitForEvent("load"),
      page.getByRole("main").getByRole("link", { name: "소개" }).dispatchEvent("click"),
    ]);
    await expect(page.getByRole("heading", { level: 1, name: "분리는 이렇게 일해요" })).toBeVisible();
    complaints.length = 0; // the page that we kept away
  });

  test("a part of the platform that is away is tried again on demand", async ({ page, complaints }) => {
    await page.route("**/api/v1/recycling/regions", (route) => route.fulfill({ status: 500, body: "oops" }));
    await page.goto("/me/settings");
    await expect(page.getByRole("heading", { name: "저희 쪽에서 문제가 생겼어요" })).toBeVisible();
    await page.unroute("**/api/v1/recycling/regions");
    await page.getByRole("button", { name: "다시 시도" }).click();
    await expect(page.getByRole("combobox", { name: "지역" })).toContainText("강남구");
    complaints.length = 0;
  });
});

test.describe("without a network", () => {
  test("the shell still opens, says so, and tells when it is back", async ({ page, context, complaints }) => {
    await page.goto("/");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.goto("/me/settings");
    await expect(page.getByRole("heading", { level: 1, name: "설정" })).toBeVisible();
    await expect(page.getByRole("main").getByText("인터넷에 연결되어 있지 않아요.")).toBeVisible();
    await context.setOffline(false);
    await expect(page.getByRole("status").filter({ hasText: "다시 연결되었어요." })).toHaveCount(1);
    await expect(page.getByRole("main").getByText("인터넷에 연결되어 있지 않아요.")).toHaveCount(0);
    complaints.length = 0;
  });
});

test.describe("a guest", () => {
  test("names themselves and is forgotten on demand", async ({ page }) => {
    await page.goto("/me/settings");
    await page.getByRole("textbox", { name: "부를 이름" }).fill("  초록이 ");
    await page.getByRole("button", { name: "저장" }).click();
    await expect(page.getByRole("region", { name: "알림" })).toContainText("이름을 저장했어요.");
    await page.reload();
    await expect(page.getByRole("textbox", { name: "부를 이름" })).toHaveValue("초록이");
    await page.getByRole("button", { name: "모두 잊기" }).click();
    await page.getByRole("button", { name: "네, 잊어 주세요" }).click();
    await expect(page.getByRole("textbox", { name: "부를 이름" })).toHaveValue("");
  });
});

test.describe("addresses of earlier versions", () => {
  for (const page of ["settings", "history", "about"])
    test(`lead on: /${page}`, async ({ page: tab }) => {
      await tab.goto(`/${page}?from=before`);
      await expect(tab).toHaveURL(`/me/${page}?from=before`);
    });
});

/** What the navigation is to have room for; one of them has no pages yet. */
const FIVE = {
  ko: ["코치", "수거함", "이웃", "배우기", "나"],
  en: ["Coach", "Bins", "Neighbours", "Learn", "Me"],
} as const;

test("the rail of a wide screen shows an icon above each name", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 740 });
  await page.goto("/me");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expect(page.locator("nav li svg:visible")).toHaveCount(5);
});

test.describe("five entries in the navigation fit", () => {
  for (const language of ["ko", "en"] as const)
    for (const scale of [100, 200])
      test(`at 360 pixels: ${language}, text at ${scale} %`, async ({ page }) => {
        await keep(page, { language });
        await page.setViewportSize({ width: 360, height: 740 });
        await page.goto("/me");
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.evaluate((names) => {
          const list = document.querySelector("nav ul");
          const first = list?.querySelector("li");
          if (!list || !first) throw new Error("no navigation");
          list.replaceChildren(
            ...names.map((name) => {
              const entry = first.cloneNode(true) as HTMLElement;
              const link = entry.querySelector("a");
              if (link?.lastChild) link.lastChild.textContent = name;
              return entry;
            }),
          );
        }, FIVE[language]);
        await page.evaluate((size) => (document.documentElement.style.fontSize = `${size}%`), scale);
        await page.evaluate(() => document.fonts.ready);
        await expectNoSidewaysScroll(page);
        const found = await page.locator("nav ul").evaluate((list) => {
          const nav = list.parentElement?.getBoundingClientRect();
          const shell = document.querySelector("main")?.parentElement;
          const links = [...list.querySelectorAll("a")].map((link) => {
            const text = document.createRange();
            text.selectNodeContents(link);
            const [inner, outer] = [text.getBoundingClientRect(), link.getBoundingClientRect()];
            return {
              cut: inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5,
              outside: outer.left < -0.5 || outer.right > window.innerWidth + 0.5,
              small: outer.width < 43.9 || outer.height < 43.9,
            };
          });
          const room = shell ? parseFloat(getComputedStyle(shell).paddingBottom) : 0;
          return { links, covered: (nav?.height ?? 0) - room };
        });
        for (const link of found.links)
          expect(link).toMatchObject({ cut: false, outside: false, small: false });
        expect(found.covered).toBeLessThanOrEqual(2); // the page ends above the bar
        await page.screenshot({ path: `test-results/navigation-${language}-${scale}.png` });
      });
});
