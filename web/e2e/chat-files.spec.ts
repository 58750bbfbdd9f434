import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { allArrived, enter, field, guest, makeRoom, message, say } from "./support/chat";
import {
  expect,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  keep,
  test,
} from "./support/test";

type Chosen = Readonly<{ name: string; mimeType: string; buffer: Buffer }>;

/** A photo as a browser's canvas makes it. */
async function photo(page: Page, width: number, height: number): Promise<Chosen> {
  const encoded = await page.evaluate(
    ([across, down]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: across, height: down });
      const context = canvas.getContext("2d");
      if (!context) throw new Error("no canvas");
      const colours = context.createLinearGradient(0, 0, across, down);
      colours.addColorStop(0, "#1b7f4b");
      colours.addColorStop(1, "#f4d35e");
      context.fillStyle = colours;
      context.fillRect(0, 0, across, down);
      return canvas.toDataURL("image/jpeg").split(",")[1] ?? "";
    },
    [width, height] as const,
  );
  return { name: "컵.jpg", mimeType: "image/jpeg", buffer: Buffer.from(encoded, "base64") };
}

async function choose(page: Page, ...files: Chosen[]): Promise<void> {
  await page.locator("main input[type=file]").setInputFiles(files);
}

const ready = (page: Page) => page.getByText("보낼 준비가 됐어요");
const send = (page: Page) => page.getByRole("button", { name: "보내기", exact: true });

test("a picture and a file reach the other one", async ({ page, browser }, testInfo) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `사진 ${Date.now() % 1e5}`);
  const other = await guest(browser, "준호");
  await enter(other, address);
  const document = {
    name: "안내문.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from("%PDF-1.7\n%%EOF\n"),
  };
  await choose(page, await photo(page, 1200, 900), document);
  await expect(ready(page)).toHaveCount(2);
  await page.reload(); // what was added is still there
  await expect(ready(page)).toHaveCount(2);
  await page.screenshot({ path: testInfo.outputPath("ready.png") });
  await expectAccessibleInEveryScheme(page);
  await expectTouchable(page);
  await field(page).fill("이 컵은요?");
  await send(page).click();
  await allArrived(page);
  const picture = other.getByRole("button", { name: "사진 크게 보기: 컵.webp" });
  await expect(
    message(other, "이 컵은요?").getByRole("button", { name: "안내문.pdf 내려받기" }),
  ).toBeVisible();
  await expect
    .poll(() => picture.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBe(480);
  await other.screenshot({ path: testInfo.outputPath("shown.png") });
  await expectAccessibleInEveryScheme(other);
  await expectTouchable(other);
  await expectNoSidewaysScroll(other);

  const saving = other.waitForEvent("download");
  await other.getByRole("button", { name: "안내문.pdf 내려받기" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("안내문.pdf");
  expect(readFileSync(await saved.path()).equals(document.buffer)).toBe(true);

  await picture.click();
  const whole = other.getByRole("dialog").getByAltText("컵.webp");
  await expect.poll(() => whole.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200);
  await expectAccessibleInEveryScheme(other);
  await other.context().close();
});

test("a broken photo is said to be broken at once, and nobody else sees it", async ({ page, complaints }) => {
  await keep(page, { name: "민아" });
  await makeRoom(page, `사진 ${Date.now() % 1e5}`);
  const whole = await photo(page, 800, 600);
  await choose(page, { ...whole, name: "반.jpg", buffer: whole.buffer.subarray(0, whole.buffer.length / 2) });
  await expect(page.getByRole("alert").filter({ hasText: "사진이 잘렸거나 깨졌어요" })).toBeVisible();
  await expect(send(page)).toBeDisabled();
  await page.getByRole("button", { name: "반.jpg 빼기" }).click();
  await say(page, "말은 갑니다");
  await allArrived(page);
  await expect(page.getByRole("log").getByRole("article")).toHaveCount(1);
  complaints.length = 0; // the refusals
});

test("pictures that come late move nothing that is read", async ({ page, browser }) => {
  await keep(page, { name: "민아" });
  const address = await makeRoom(page, `사진 ${Date.now() % 1e5}`);
  for (const height of [1200, 400, 900]) {
    await choose(page, await photo(page, 800, height));
    await expect(ready(page)).toHaveCount(1);
    await send(page).click();
    await allArrived(page);
  }
  await say(page, "마지막 말");
  await allArrived(page);
  const other = await guest(browser, "준호");
  let letThrough: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  await other.route("**/thumbnail", async (route) => {
    await held;
    await route.continue();
  });
  await enter(other, address);
  const last = message(other, "마지막 말");
  await expect(last).toBeVisible();
  await expect(other.getByRole("button", { name: "사진 크게 보기: 컵.webp" })).toHaveCount(3);
  await other.waitForTimeout(300);
  const before = await last.boundingBox();
  const height = await other.getByRole("log").evaluate((log) => log.scrollHeight);
  letThrough();
  await expect(other.getByRole("log").locator("img[src]").first()).toBeAttached();
  await expect
    .poll(() =>
      other
        .getByRole("log")
        .locator("img")
        .evaluateAll((all) => all.length),
    )
    .toBeGreaterThan(0);
  expect(await other.getByRole("log").evaluate((log) => log.scrollHeight)).toBe(height);
  const after = await last.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
  await other.context().close();
});
