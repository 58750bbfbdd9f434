import type { Page } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  keep,
  tabTo,
  test,
} from "./support/test";

// The sample that a fresh installation shows stands around city halls in Seoul, Chuncheon and Busan.
const CITY_HALL = { latitude: 37.5663, longitude: 126.9779 };
const AT_CITY_HALL = "/bins?lat=37.5663&lng=126.9779";

const rows = (page: Page) => page.getByRole("main").locator("ol > li");
const map = (page: Page) => page.getByRole("region", { name: /수거함 지도|Map of bins/ });

/** The scale of the map, and where it shows its markers. */
function look(page: Page): Promise<object> {
  return map(page).evaluate((section) => ({
    scale: section.querySelector("p[style]")?.textContent,
    markers: [...section.querySelectorAll("ul[aria-label] > li > button")].map((marker) => {
      const { x, y } = marker.getBoundingClientRect();
      return [marker.getAttribute("aria-label"), Math.round(x), Math.round(y)];
    }),
  }));
}

/** Waits until the map stands still. */
async function atRest(page: Page): Promise<void> {
  let before = "";
  await expect
    .poll(
      async () => {
        const now = JSON.stringify(await look(page));
        const still = now === before;
        before = now;
        return still;
      },
      { intervals: [400] },
    )
    .toBe(true);
}

async function atCityHall(page: Page, more = ""): Promise<void> {
  await page.goto(AT_CITY_HALL + more);
  await expect(rows(page).first()).toBeVisible();
}

test.describe("the first look", () => {
  test("shows where there are bins, and a city leads to a list", async ({ page }) => {
    await page.goto("/bins");
    await expect(page.getByRole("heading", { name: "어디 근처를 찾을까요?" })).toBeVisible();
    await expect(
      map(page)
        .getByRole("button", { name: /수거함 \d+개, 확대하기/ })
        .first(),
    ).toBeVisible();
    await page.getByRole("button", { name: /^서울 ?\d+개/ }).click();
    await expect(rows(page).first()).toContainText("서울특별시");
    await expect(page.getByText("지도 가운데에서부터")).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: "가까운 수거함" })).toHaveCount(1);
    await expect(page.getByText("둘러보기용 예시 수거함이에요.")).toBeVisible();
  });

  test("does not ask where the person is, nor anybody outside", async ({ page, baseURL }) => {
    const outside: string[] = [];
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== baseURL) outside.push(request.url());
    });
    await page.addInitScript(() => {
      navigator.geolocation.getCurrentPosition = () => Object.assign(window, { asked: true });
    });
    await page.goto("/bins");
    await expect(page.getByRole("button", { name: /^서울/ })).toBeVisible();
    expect(await page.evaluate(() => "asked" in window)).toBe(false);
    expect(outside).toEqual([]);
  });
});

test.describe("kinds", () => {
  test("are chosen together, stand in the address, and are all there again", async ({ page }) => {
    await atCityHall(page);
    const filters = page.getByRole("list", { name: "수거함 종류" });
    await filters.getByRole("button", { name: /건전지/ }).click();
    await filters.getByRole("button", { name: /형광등/ }).click();
    await expect(page).toHaveURL(/kind=battery&kind=lamp/);
    await expect(rows(page).filter({ hasNotText: /건전지|형광등/ })).toHaveCount(0);
    await expect(rows(page).filter({ hasText: "형광등" }).first()).toBeVisible();
    await page.reload();
    await expect(filters.getByRole("button", { name: /건전지/ })).toHaveAttribute("aria-pressed", "true");
    await filters.getByRole("button", { name: "모두" }).click();
    await expect(page).not.toHaveURL(/kind=/);
    await expect(rows(page).filter({ hasText: "종이팩" }).first()).toBeVisible();
  });

  test("come from a link, as the coach gives it", async ({ page }) => {
    await atCityHall(page, "&kind=medicine");
    await expect(rows(page).first()).toContainText("폐의약품");
    await expect(page.getByRole("button", { name: /^폐의약품/ })).toHaveAttribute("aria-pressed", "true");
  });
});

test.describe("from where", () => {
  test("a place by words, with keys alone", async ({ page }) => {
    await page.goto("/bins");
    await tabTo(page, "combobox", "주소나 장소");
    await page.keyboard.type("마포구");
    await expect(page.getByRole("option", { name: "서울특별시 마포구" })).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page.getByText("서울특별시 마포구에서부터")).toBeVisible();
    await expect(rows(page).first()).toContainText("마포구청");
    await page.reload();
    await expect(page.getByText("서울특별시 마포구에서부터")).toBeVisible();
    await page.getByRole("button", { name: "고른 곳 지우기" }).click();
    await expect(page.getByText("지도 가운데에서부터")).toBeVisible();
  });

  test("Enter waits for the places of the words that are there now", async ({ page }) => {
    await page.goto("/bins");
    const field = page.getByRole("combobox", { name: "주소나 장소" });
    await field.fill("종로구");
    await expect(page.getByRole("option", { name: "서울특별시 종로구" })).toBeVisible();
    await field.fill("마포구");
    await page.keyboard.press("Enter");
    await expect(page.getByText("서울특별시 마포구에서부터")).toBeVisible();
  });

  test("this device, when it may, and the address does not say it", async ({ page, context }) => {
    await context.grantPermissions(["geolocation"]);
    await context.setGeolocation(CITY_HALL);
    await page.goto("/bins");
    await page.getByRole("button", { name: "내 위치에서 찾기" }).first().click();
    await expect(page.getByText("내 위치에서부터")).toBeVisible();
    await expect(rows(page).first()).toContainText("서울시청");
    await expect(map(page).getByRole("img", { name: "내 위치" })).toBeVisible();
    await expect(page).toHaveURL(/\/bins$/);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("37.5");
  });

  test("this device, when it may not: says what else there is", async ({ page, context }) => {
    await context.clearPermissions();
    await page.addInitScript(() => {
      navigator.geolocation.getCurrentPosition = (_, failed) =>
        failed?.({ code: 1 } as GeolocationPositionError);
    });
    await page.goto("/bins");
    await page.getByRole("button", { name: "내 위치에서 찾기" }).first().click();
    await expect(page.getByRole("main").getByText("위치를 볼 수 있는 권한이 없어요.")).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("주소나 장소를 적거나");
    await expectAccessible(page);
  });

  test("a tap on the map, or Enter in its middle", async ({ page }) => {
    await page.goto("/bins");
    await page.getByRole("button", { name: /^서울/ }).click();
    await expect(rows(page).first()).toBeVisible();
    const surface = page.getByRole("application", { name: "지도" });
    await surface.click({ position: { x: 30, y: 30 } });
    await expect(page.getByText("지도에서 고른 곳에서부터")).toBeVisible();
    await expect(page).toHaveURL(/lat=37\.\d+&lng=12[67]\.\d+/);
    await page.getByRole("button", { name: "고른 곳 지우기" }).click();
    await expect(page).not.toHaveURL(/lat=/);
    await surface.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("+");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/lat=/);
  });
});

test.describe("a bin", () => {
  test("is the same in the list and on the map", async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await atCityHall(page, "&kind=battery");
    const mark = map(page).getByRole("button", { name: "서울시청 폐건전지 수거함 (예시), 건전지" });
    await rows(page).first().hover();
    await expect(mark).toHaveAttribute("data-highlighted", "true");
    await rows(page).nth(1).hover();
    await expect(mark).not.toHaveAttribute("data-highlighted");
    await mark.hover();
    await expect(rows(page).first()).toHaveAttribute("data-highlighted", "true");
    await mark.click();
    await expect(mark).toHaveAttribute("aria-pressed", "true");
    await expect(
      page.getByRole("heading", { level: 2, name: "서울시청 폐건전지 수거함 (예시)" }),
    ).toBeFocused();
  });

  test("opens by keys and leads back to its row", async ({ page }) => {
    await atCityHall(page);
    const row = rows(page).nth(2).getByRole("button");
    await row.focus();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/bin=/);
    await expect(page.getByRole("heading", { level: 2 })).toBeFocused();
    const route = page.getByRole("link", { name: /길찾기/ });
    await expect(route).toHaveAttribute("href", /^https:\/\/map\.kakao\.com\/link\/to\//);
    await expect(route).toHaveAttribute("target", "_blank");
    await tabTo(page, "button", "목록으로");
    await page.keyboard.press("Enter");
    await expect(row).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/bin=/);
    await page.goBack();
    await expect(page).not.toHaveURL(/bin=/);
    await expect(row).toBeFocused();
  });

  test("takes a vote, changes it, and tells everybody", async ({ page }) => {
    await atCityHall(page);
    const name = "서울시청 종이팩 수거함 (예시)";
    await rows(page).filter({ hasText: name }).getByRole("button").click();
    await page.getByRole("button", { name: "꽉 찼어요" }).click();
    await expect(page.getByText(/꽉 찼다고 한 사람 \d+명/)).toBeVisible();
    await expect(page.getByRole("region", { name: "알림" })).toContainText("고마워요");
    await page.getByRole("button", { name: "목록으로" }).click();
    await expect(rows(page).filter({ hasText: name })).toContainText("꽉 찼어요");
    await rows(page).filter({ hasText: name }).getByRole("button").click();
    await page.getByRole("button", { name: "있어요", exact: true }).click();
    await expect(page.getByText(/있다고 한 사람 \d+명/)).toBeVisible();
    await expect(page.getByText(/꽉 찼다고 한 사람/)).toHaveCount(0);
    await page.reload(); // the platform says the same
    await expect(page.getByText(/있다고 한 사람 \d+명/)).toBeVisible();
  });

  test("of another map opens as well, is in no address, and stays through a reload", async ({ page }) => {
    const id = "5d0b6f4e-8f8b-5c35-9f0d-0d6f0d5b7a11";
    await page.route("**/api/v1/locations/nearby*", async (route) => {
      const answer = await route.fetch();
      const [first, ...others] = (await answer.json()) as object[];
      await route.fulfill({ json: [{ ...first, id, name: "행복약국", source: "kakao" }, ...others] });
    });
    const asked: string[] = [];
    page.on("request", (request) => request.url().includes(id) && asked.push(request.url()));
    await atCityHall(page);
    await rows(page).first().getByRole("button").click();
    await expect(page.getByRole("heading", { level: 2, name: "행복약국" })).toBeFocused();
    await expect(page).not.toHaveURL(/bin=/);
    await page.reload();
    await expect(page.getByRole("heading", { level: 2, name: "행복약국" })).toBeVisible();
    await expect(page.getByText("카카오맵이 알려 준 곳이에요.")).toBeVisible();
    await page.getByRole("button", { name: "목록으로" }).click();
    await expect(rows(page).first()).toContainText("행복약국");
    expect(asked).toEqual([]);
  });

  test("that does not exist says so", async ({ page, complaints }) => {
    await page.goto("/bins?bin=01990000-0000-7000-8000-000000000000");
    await expect(page.getByRole("heading", { name: "찾을 수 없어요" })).toBeVisible();
    await page.getByRole("button", { name: "목록으로" }).click();
    await expect(page.getByRole("button", { name: /^서울/ })).toBeVisible();
    complaints.length = 0;
  });
});

test.describe("the map", () => {
  test("is moved by hand, wheel and buttons, and the list follows", async ({ page }) => {
    await page.goto("/bins");
    await page.getByRole("button", { name: /^서울/ }).click();
    await expect(rows(page).first()).toBeVisible();
    const first = await rows(page).first().textContent();
    const box = await map(page).boundingBox();
    if (!box) throw new Error("no map");
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 80, box.y + 100, { steps: 5 });
    await page.mouse.up();
    await expect(rows(page).first()).not.toHaveText(first ?? "");
    const scale = page.getByText(/^[\d,.]+ ?k?m$/).and(map(page).locator("p"));
    const before = await scale.textContent();
    await page.mouse.wheel(0, -600);
    await page.getByRole("button", { name: "확대", exact: true }).click();
    await expect(scale).not.toHaveText(before ?? "");
  });

  for (const here of [true, false])
    test(`leaves free ${here ? "where the person is" : "the spot that was chosen"}`, async ({
      page,
      context,
    }, testInfo) => {
      await context.grantPermissions(["geolocation"]);
      await context.setGeolocation(CITY_HALL);
      await page.goto(here ? "/bins" : AT_CITY_HALL);
      if (here) await page.getByRole("button", { name: "내 위치에서 찾기" }).first().click();
      await expect(rows(page).first()).toBeVisible();
      const pin = map(page).getByRole("img", { name: here ? "내 위치" : "고른 곳" });
      await expect(pin).toBeVisible();
      await atRest(page);
      for (let step = 0; step < 4; step++) {
        const covering = await page.evaluate(
          (pinned) => {
            const box = (element: Element) => element.getBoundingClientRect();
            const [point] = document.querySelectorAll(`[role=img][aria-label="${pinned}"]`);
            if (!point) return ["no point"];
            // The drop of the pin is narrower than its square.
            const { left, right, top, bottom } = box(point);
            const inset = point.tagName === "svg" ? (right - left) / 4 : 0;
            return [...document.querySelectorAll("section ul[aria-label] > li > button > span")]
              .filter((mark) => {
                const { x, y, width, height } = box(mark);
                const [cx, cy] = [x + width / 2, y + height / 2];
                const dx = Math.max(left + inset - cx, cx - right + inset, 0);
                const dy = Math.max(top + inset / 2 - cy, cy - bottom + inset / 2, 0);
                return Math.hypot(dx, dy) < width / 2;
              })
              .map((mark) => mark.parentElement?.getAttribute("aria-label") ?? "");
          },
          here ? "내 위치" : "고른 곳",
        );
        expect(covering).toEqual([]);
        await page.screenshot({ path: testInfo.outputPath(`pin-${step}.png`) });
        await page.getByRole("button", { name: "축소", exact: true }).click();
        await atRest(page);
      }
    });

  for (const address of [AT_CITY_HALL, "/bins", "/bins?kind=battery&lat=37.5663&lng=126.9779"])
    test(`looks the same each time it is opened: ${address}`, async ({ page }) => {
      const looks: object[] = [];
      for (const slow of ["nearby", "within", "none"]) {
        await page.route(`**/api/v1/locations/${slow}*`, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 700)); // answers come in another order
          await route.continue();
        });
        await page.goto("/");
        await page.goto(address);
        await expect(
          map(page)
            .getByRole("button", { name: /수거함|확대하기/ })
            .first(),
        ).toBeVisible();
        await page.waitForLoadState("networkidle");
        await atRest(page);
        looks.push(await look(page));
        await page.unroute(`**/api/v1/locations/${slow}*`);
      }
      expect(looks[1]).toEqual(looks[0]);
      expect(looks[2]).toEqual(looks[0]);
    });

  test("names districts, in the language in use", async ({ page }, testInfo) => {
    for (const [language, name, city] of [
      ["ko", "용산구", /^서울/],
      ["en", "Yongsan-gu", /^Seoul/],
    ] as const) {
      await page.goto("/bins");
      await page.evaluate((to) => {
        localStorage.setItem("bunri.preferences", JSON.stringify({ language: to }));
      }, language);
      await page.reload();
      await page.getByRole("button", { name: city }).click();
      await expect(page.locator("section ul[aria-hidden] span", { hasText: name })).toBeVisible();
      for (const [width, theme] of [
        [390, "light"],
        [1280, "dark"],
      ] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.evaluate((to) => (document.documentElement.dataset.theme = to), theme);
        await atRest(page);
        await page.screenshot({ path: testInfo.outputPath(`districts-${language}-${width}.png`) });
      }
    }
  });

  test("says when it shows no bins, and leads to the nearest", async ({ page }) => {
    await page.goto("/bins?lat=36.2&lng=128.1");
    await page.getByRole("button", { name: "고른 곳 지우기" }).click();
    const nothing = page.getByRole("button", { name: /이 지도에는 수거함이 없어요/ });
    await expect(async () => {
      await page.getByRole("button", { name: "확대", exact: true }).click();
      await expect(nothing).toBeVisible({ timeout: 1000 });
    }).toPass();
    await nothing.click();
    await expect(
      map(page)
        .getByRole("button", { name: /수거함|확대하기/ })
        .first(),
    ).toBeVisible();
  });

  test("gives the point up for what it shows, when it was moved away and is asked to", async ({ page }) => {
    await atCityHall(page);
    const surface = page.getByRole("application", { name: "지도" });
    await surface.focus();
    for (let step = 0; step < 8; step++) await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: "이 지도에서 다시 찾기" }).click();
    await expect(page.getByText("지도 가운데에서부터")).toBeVisible();
    await expect(page).not.toHaveURL(/lat=/);
  });
});

test.describe("tiles", () => {
  const TILE = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M/wHwAEBgIApD5fRAAAAABJRU5ErkJggg==",
    "base64",
  );

  /** As an operator's setting would say it; here, so that the policy of this platform allows them. */
  async function tiles(page: Page): Promise<void> {
    await page.route("**/api/v1/locations/ground", (route) => {
      const tiles_url = `${new URL(route.request().url()).origin}/tiles/{z}/{x}/{y}.png`;
      return route.fulfill({ json: { tiles_url, style_url: null, attribution: "© Somebody" } });
    });
  }

  test("lie under the bins and name their maker", async ({ page }) => {
    await tiles(page);
    await page.route("**/tiles/**", (route) => route.fulfill({ body: TILE, contentType: "image/png" }));
    await atCityHall(page);
    await expect(page.getByText("© Somebody")).toBeVisible();
    await expect(map(page)).toHaveAttribute("data-tiles", "shown");
    await expect(
      map(page)
        .getByRole("button", { name: /서울시청|확대하기/ })
        .first(),
    ).toBeVisible();
    await expectAccessible(page);
  });

  test("that cannot be reached leave our own ground, and can be tried again", async ({
    page,
    complaints,
  }) => {
    await tiles(page);
    await page.route("**/tiles/**", (route) => route.abort());
    await atCityHall(page);
    await expect(page.getByText("배경 지도를 불러오지 못해")).toBeVisible();
    await expect(
      map(page)
        .getByRole("button", { name: /서울시청|확대하기/ })
        .first(),
    ).toBeVisible();
    await page.unroute("**/tiles/**");
    await page.route("**/tiles/**", (route) => route.fulfill({ body: TILE, contentType: "image/png" }));
    await map(page).getByRole("button", { name: "다시 시도" }).click();
    await expect(map(page)).toHaveAttribute("data-tiles", "shown");
    complaints.length = 0;
  });

  test("whose code is gone, since a new version is served, leave our own ground", async ({
    page,
    complaints,
  }) => {
    await tiles(page);
    const asked = page.waitForRequest("**/assets/TileBasemap-*.js");
    await page.route("**/assets/TileBasemap-*", (route) => route.abort());
    await atCityHall(page);
    await asked;
    await expect(page.getByText("배경 지도를 불러오지 못해")).toBeVisible();
    await expect(rows(page).first()).toBeVisible();
    complaints.length = 0;
  });

  test("are not drawn by a device without WebGL, but everything else is", async ({ page }) => {
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
    await tiles(page);
    await atCityHall(page);
    await expect(page.getByText("배경 지도를 불러오지 못해")).toBeVisible();
    await expect(
      map(page)
        .getByRole("button", { name: /서울시청|확대하기/ })
        .first(),
    ).toBeVisible();
  });
});

test.describe("when something is wrong", () => {
  test("the list says so and is tried again", async ({ page, complaints }) => {
    await page.route("**/api/v1/locations/nearby*", (route) => route.fulfill({ status: 500, body: "oops" }));
    await page.goto(AT_CITY_HALL);
    await expect(page.getByRole("heading", { name: "저희 쪽에서 문제가 생겼어요" })).toBeVisible();
    await expectAccessible(page);
    await page.unroute("**/api/v1/locations/nearby*");
    await page.getByRole("button", { name: "다시 시도" }).click();
    await expect(rows(page).first()).toBeVisible();
    complaints.length = 0;
  });

  test("without a network the last bins stay", async ({ page, context, complaints }) => {
    await atCityHall(page);
    await context.setOffline(true);
    await page.getByRole("application", { name: "지도" }).focus();
    for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowUp");
    await expect(page.getByText("연결되면 이 지역을 불러올게요.")).toBeVisible();
    await expect(rows(page).first()).toContainText("서울시청");
    await context.setOffline(false);
    await expect(page.getByText("연결되면 이 지역을 불러올게요.")).toHaveCount(0);
    complaints.length = 0;
  });
});

test("everybody can use list, details and suggestions", async ({ page }) => {
  await atCityHall(page);
  await page.waitForLoadState("networkidle");
  await expectAccessibleInEveryScheme(page);
  await rows(page).first().getByRole("button").click();
  await expect(page.getByRole("heading", { name: "가 보니 어땠나요?" })).toBeVisible();
  await page.waitForLoadState("networkidle"); // the map has come to rest and asked what is there
  await expectAccessibleInEveryScheme(page);
  await page.getByRole("combobox").fill("종로");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectAccessibleInEveryScheme(page);
});

for (const language of ["ko", "en"]) {
  test(`nothing is lost in a narrow window or with larger text: ${language}`, async ({ page }) => {
    await keep(page, { language });
    for (const [width, size] of [
      [360, "100%"],
      [390, "200%"],
      [768, "100%"],
      [1280, "200%"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await atCityHall(page);
      await page.evaluate((to) => (document.documentElement.style.fontSize = to), size);
      await expectNoSidewaysScroll(page);
      await rows(page).first().getByRole("button").click();
      await expect(page).toHaveURL(/bin=/);
      await expectNoSidewaysScroll(page);
    }
  });
}
