import { asked, hand } from "./support/coach";
import { cut, drawn, plain } from "./support/pictures";
import { expect, expectAccessible, expectNoSidewaysScroll, keep, test } from "./support/test";

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
