import { asked, GLASS, hand } from "./support/coach";
import { cut, drawn, plain } from "./support/pictures";
import {
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  expectWholeWords,
  keep,
  test,
} from "./support/test";

test("a guess is no title, and what a person said is not called certain", async ({ page }) => {
  await page.goto("/");
  await hand(page, 41);
  await asked(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("무엇인지 아직 몰라요");
  await expect(page).toHaveTitle(/^무엇인지 아직 몰라요/);
  await page.getByRole("button", { name: GLASS }).click();
  await expect(page.getByText("알려 주신 대로예요")).toBeVisible();
  await expect(page.getByText("재질을 직접 알려 주셨어요.")).toBeVisible();
  await expect(page.locator("main")).not.toContainText(/확실해요|재질이 맞아요/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("유리병");
});

for (const [colour, title] of [
  ["#050505", "사진이 너무 어두워요"],
  ["#ffffff", "사진에 보이는 것이 없어요"],
] as const)
  for (const width of [390, 1280])
    test(`a photo of nothing is told, and words are at hand: ${colour}, ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto("/");
      await page
        .locator("input[type=file]")
        .last()
        .setInputFiles(await plain(page, colour));
      await expect(page.getByRole("heading", { level: 2, name: title, includeHidden: true })).toBeVisible();
      await expect(page.getByText("하나만 여쭤볼게요")).toHaveCount(0);
      await expect(page.getByRole("button", { name: "같은 사진으로 다시" })).toHaveCount(0);
      await expect(page.getByRole("main").getByRole("link", { name: "다시 찍기" })).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await page.screenshot({ path: `test-results/nothing-${colour.slice(1)}-${width}.png` });
      await page.getByRole("combobox").fill("우유팩");
      await page.getByRole("option").first().click();
      await expect(page).toHaveURL(/\/items\/milk-carton$/);
    });

test("a photo of nothing cannot be sent again from the list, only removed", async ({ page }) => {
  await keep(page, { language: "en" });
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await plain(page, "#101010"));
  await expect(page.getByText("The photo is too dark", { exact: true }).last()).toBeVisible();
  await expect(page.locator("main")).not.toContainText(/[가-힣]/);
  await page.getByRole("link", { name: "Take another photo" }).click();
  await expect(page.getByRole("img", { name: "Photo 1 to send" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send again" })).toHaveCount(0);
});

for (const type of ["image/jpeg", "image/png", "image/webp"])
  test(`a photo that was cut off is called that, and not sent: ${type}`, async ({ page }) => {
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    await page.goto("/");
    await page
      .locator("input[type=file]")
      .last()
      .setInputFiles(cut(await drawn(page, 42, type)));
    await expect(page.getByText("사진이 잘렸거나 깨졌어요", { exact: true })).toBeVisible();
    await expectAccessible(page);
    expect(sent).toEqual([]);
  });

test("several photos: which one it is, and the way to the next", async ({ page }) => {
  test.slow(); // three photos, one after the other
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles([await drawn(page, 43), await drawn(page, 44), await drawn(page, 45)]);
  await asked(page);
  const way = page.getByRole("navigation", { name: "함께 보낸 사진" });
  await expect(way).toContainText("3장 중 1번째");
  const first = page.url();
  await way.getByRole("link", { name: "다음 사진" }).click();
  await expect(page).not.toHaveURL(first);
  await expect(way).toContainText("3장 중 2번째");
  await asked(page);
  await page.reload();
  await page.getByRole("link", { name: "다음 사진 보기 (3/3)" }).click();
  await expect(way).toContainText("3장 중 3번째");
  await asked(page);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.screenshot({ path: "test-results/batch.png" });
  await expect(way.getByRole("link", { name: "다음 사진" })).toHaveCount(0);
  await way.getByRole("link", { name: "이전 사진" }).click();
  await expect(way).toContainText("3장 중 2번째");
});

test("two tabs on one question stay in step", async ({ page, context }) => {
  await page.goto("/");
  await hand(page, 46);
  await asked(page);
  const other = await context.newPage();
  await other.goto(page.url());
  await asked(other);
  await page.getByRole("button", { name: GLASS }).click();
  const steps = other.getByRole("region", { name: "버리는 방법" });
  await expect(steps).toContainText("유리병류", { timeout: 3_000 });
  await other.getByRole("button", { name: /깨졌어요/ }).click();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toContainText("불연성", { timeout: 3_000 });
  await expect(page.getByRole("button", { name: /깨졌어요/ })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: /깨졌어요/ }).click();
  await expect(steps).toContainText("유리병류", { timeout: 3_000 });
  await expect(other.getByRole("button", { name: /깨졌어요/ })).toHaveAttribute("aria-pressed", "false");
});

test("a rose is not asked for its battery", async ({ page }) => {
  await page.goto("/items/plant");
  await expect(page.getByRole("button", { name: /날카로워요/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /배터리|약품|새요/ })).toHaveCount(0);
});

for (const language of ["ko", "en"])
  for (const width of [360, 390])
    test(`a question, its answer and the details lose nothing when text is twice as large: ${language}, ${width}`, async ({
      page,
    }) => {
      await keep(page, { language });
      await page.setViewportSize({ width, height: 800 });
      const shown = async (name: string) => {
        await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
        await expectNoSidewaysScroll(page);
        await page.screenshot({
          path: `test-results/large-${name}-${language}-${width}.png`,
          fullPage: true,
        });
        await expectWholeWords(page);
      };
      await page.goto("/");
      await page
        .locator("input[type=file]")
        .last()
        .setInputFiles([await drawn(page, 47), await drawn(page, 48)]);
      const glass = page.getByRole("button", { name: GLASS });
      await glass.waitFor();
      await shown("question");
      await glass.click();
      await page.getByRole("region", { name: /^(버리는 방법|How to throw it away)$/ }).waitFor();
      await shown("answer");
      await page.getByRole("button", { name: /^(아니에요|No)$/ }).click();
      await page.getByRole("heading", { name: /^(무엇인지 알려 주세요|Tell us what it is)$/ }).waitFor();
      await expect(page.getByRole("group").getByRole("button").first()).toBeVisible();
      await shown("details");
    });
