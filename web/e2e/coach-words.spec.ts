import { field, guest, makeRoom } from "./support/chat";
import { drawn } from "./support/pictures";
import { expect, expectAccessible, keep, test } from "./support/test";

test("words find an item, which says what to do", async ({ page }) => {
  await page.goto("/");
  const field = page.getByRole("combobox", { name: "무엇인지 적어 주세요" });
  await field.fill("컵라면");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/items\//);
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
  await expectAccessible(page);
});

test("the state of an item changes its advice", async ({ page }) => {
  await page.goto("/items/glass-bottle");
  const steps = page.getByRole("region", { name: "버리는 방법" });
  await expect(steps).toContainText("유리병류");
  await page.getByRole("button", { name: /깨졌어요/ }).click();
  await expect(steps).toContainText("불연성");
});

test("words without a pick list what is found", async ({ page }) => {
  await page.goto("/search?q=병");
  await expect(page.getByRole("region", { name: "찾은 것" }).getByRole("link").first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("combobox").fill("qqqqxxzz");
  await page.keyboard.press("Enter");
  await expect(page.getByText("찾지 못했어요")).toBeVisible();
  await expectAccessible(page);
});

test("the same words find places, rooms and cards", async ({ page, browser }) => {
  await page.goto("/search?q=노원구");
  await expect(page.getByRole("region", { name: "장소와 수거함" }).getByRole("link").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "이웃의 방" })).toBeHidden();
  const person = await guest(browser, "초록이");
  await makeRoom(person, "노원구 나눔방");
  await person.goto("/search?q=노원구");
  await person
    .getByRole("region", { name: "이웃의 방" })
    .getByRole("link", { name: /노원구 나눔방/ })
    .click();
  await expect(field(person)).toBeVisible();
  await person.goto("/search?q=노원구");
  await expect(person.getByRole("region", { name: "이웃의 방" })).toBeVisible();
  await expectAccessible(person);
  await person.getByRole("region", { name: "장소와 수거함" }).getByRole("link").first().click();
  await expect(person).toHaveURL(/\/bins\?.*place=/);
  await person.context().close();
});

test("an item that nobody knows leads to the search", async ({ page, complaints }) => {
  await page.goto("/items/no-such-thing");
  await expect(page.getByRole("heading", { name: "찾을 수 없어요" })).toBeVisible();
  complaints.length = 0;
});

test("the region chosen on the front page is the one of the settings", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("combobox", { name: "어느 지역의 규칙으로 볼까요?" }).selectOption({ index: 1 });
  const chosen = await page.getByRole("combobox", { name: "어느 지역의 규칙으로 볼까요?" }).inputValue();
  await page.goto("/me/settings");
  await expect(page.getByRole("combobox", { name: "지역" })).toHaveValue(chosen);
});

/** Pixels of a picture that has come. */
const wide = (picture: Element) => (picture as HTMLImageElement).naturalWidth;

test("the history begins empty, shows what was asked, and forgets on demand", async ({ page }) => {
  await keep(page, { language: "ko" });
  await page.goto("/me/history");
  await expect(page.getByText("아직 물어본 것이 없어요")).toBeVisible();
  await expectAccessible(page);
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await drawn(page, 31));
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  await page.goto("/");
  const recent = page.getByRole("region", { name: "최근 답변" });
  await expect(recent).toBeVisible();
  await expect.poll(() => recent.locator("img").evaluate(wide)).toBeGreaterThan(0);
  // The photo is taller than wide; its place is not.
  expect(await recent.locator("img").evaluate((picture) => picture.clientHeight / picture.clientWidth)).toBe(
    1,
  );
  await page.getByRole("link", { name: "모두 보기" }).click();
  const entry = page.getByRole("list", { name: "지난 답변 목록" }).getByRole("listitem");
  await expect(entry).toHaveCount(1);
  await expect.poll(() => entry.locator("img").evaluate(wide)).toBeGreaterThan(0);
  await expectAccessible(page);
  await entry.getByRole("button", { name: /지우기$/ }).click();
  await expect(entry.getByRole("group", { name: "사진과 함께 지울까요?" })).toBeFocused();
  await expectAccessible(page);
  await entry.getByRole("button", { name: "지우기", exact: true }).click();
  await expect(page.getByText("아직 물어본 것이 없어요")).toBeVisible();
});
