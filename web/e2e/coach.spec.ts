import type { Page } from "@playwright/test";
import { HEIC, withoutItems } from "../src/photo/heic.samples";
import { asked, GLASS, hand } from "./support/coach";
import { drawn, turnedWebp, twoThings, withExif } from "./support/pictures";
import {
  expect,
  expectAccessible,
  expectAccessibleInEveryScheme,
  expectNoSidewaysScroll,
  expectTouchable,
  keep,
  tabTo,
  test,
} from "./support/test";

/** A question about the drawn thing, answered as glass. */
async function ask(page: Page, seed: number): Promise<void> {
  await page.goto("/");
  await hand(page, seed);
  await page.getByRole("button", { name: GLASS }).click();
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
}

/** Keeps what the page uploads: browsers do not tell the tests. */
async function rememberUploads(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const sent: Blob[] = [];
    Object.assign(window, { sent });
    window.XMLHttpRequest = class extends XMLHttpRequest {
      override send(body?: XMLHttpRequestBodyInit | null) {
        if (body instanceof Blob) sent.push(body);
        super.send(body);
      }
    };
  });
}

async function uploadOf(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const { sent } = window as unknown as { sent: Blob[] };
    return [...new Uint8Array((await sent[0]?.arrayBuffer()) ?? new ArrayBuffer(0))];
  });
  return Buffer.from(bytes);
}

const HAZARDS = [
  "전지·배터리",
  "스프레이·부탄가스",
  "전자제품",
  "깨진 유리·도자기",
  "전구·형광등",
  "약",
  "페인트·살충제",
];

test("a question has everything dangerous and every other kind on its one screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await hand(page, 14);
  await asked(page);
  await expect(page.getByRole("img", { name: "찍은 사진" })).toBeVisible();
  for (const name of [...HAZARDS, "비닐", "종이팩", "식용유"])
    await expect(page.getByRole("button", { name, exact: true })).toBeInViewport();
  await page.getByRole("button", { name: "약", exact: true }).click();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toContainText("폐의약품 수거함");
});

test("a question is answered in one's own words in its place", async ({ page }) => {
  await page.goto("/");
  await hand(page, 15);
  await page.getByRole("combobox", { name: "말로 적기" }).fill("우유팩");
  await page
    .getByRole("option", { name: /우유팩/ })
    .first()
    .click();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toContainText("종이팩");
});

test("a photo becomes a question, and its answer says what to do", async ({ page }) => {
  await page.goto("/");
  await hand(page, 1);
  await expect(page).toHaveURL(/\/answers\/[0-9a-f-]{36}$/);
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  await expect(page.getByRole("img", { name: "찍은 사진" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "여쭤볼 것이 있어요" })).toHaveCount(1);
  const article = page.getByRole("article");
  const choice = article.getByRole("button").first();
  await choice.click();
  await expect(article.getByText("알려 주신 대로예요")).toBeVisible();
  await expect(article.getByText("거의 확실해요")).toHaveCount(0);
  await expect(article.getByRole("list").first().getByRole("listitem").first()).toBeVisible();
  await expect(article.getByText("기준")).toBeVisible(); // the rule's source and date
  // Opened again, it shows its picture from the platform.
  await page.reload();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
  await expect(page.getByRole("img", { name: "찍은 사진" })).toHaveAttribute(
    "src",
    /\/api\/v1\/objects\/kept/,
  );
});

test("no byte of the camera's notes leaves the device, and the picture is small", async ({ page }) => {
  await rememberUploads(page);
  await page.goto("/");
  const jpeg = await drawn(page, 2, "image/jpeg");
  const noted = withExif(jpeg.buffer);
  expect(noted.includes("SECRET-CAMERA")).toBe(true);
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles({ ...jpeg, buffer: noted });
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  const uploaded = await uploadOf(page);
  expect(uploaded.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  expect(uploaded.includes("Exif")).toBe(false);
  expect(uploaded.includes("SECRET-CAMERA")).toBe(false);
});

test("a HEIC that the browser cannot read loses the camera's notes, too", async ({ page }) => {
  await rememberUploads(page);
  await page.goto("/");
  const noted = Buffer.from(HEIC);
  expect(noted.includes("SECRET-CAMERA") && noted.includes("SECRET-PLACE")).toBe(true);
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles({ name: "IMG_1.HEIC", mimeType: "image/heic", buffer: noted });
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  const uploaded = await uploadOf(page);
  expect(uploaded.subarray(0, 12)).toEqual(noted.subarray(0, 12));
  expect(uploaded.length).toBe(noted.length);
  expect(uploaded.includes("SECRET")).toBe(false);
});

test("a HEIC whose place cannot be removed stays on the device", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles({ name: "IMG_1.HEIC", mimeType: "image/heic", buffer: Buffer.from(withoutItems(HEIC)) });
  await expect(page.getByText("사진에서 위치 정보를 지우지 못했어요", { exact: true })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("JPEG로 저장해서");
  await expectAccessible(page);
  expect(sent).toEqual([]);
});

for (const orientation of [3, 6] as const) {
  test(`a WebP of a camera held in another way (${orientation}) is sent upright`, async ({ page }) => {
    await rememberUploads(page);
    await page.goto("/");
    await page
      .locator("input[type=file]")
      .last()
      .setInputFiles(await turnedWebp(page, orientation));
    await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
    const corners = await page.evaluate(
      async (bytes) => {
        const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
        const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
        pen?.drawImage(picture, 0, 0);
        const red = (x: number, y: number) => (pen?.getImageData(x, y, 1, 1).data[0] ?? 0) > 128;
        return [picture.width, picture.height, red(20, 20), red(300, 20), red(20, 180), red(300, 180)];
      },
      [...(await uploadOf(page))],
    );
    expect(corners).toEqual([320, 200, true, false, false, true]);
  });
}

test("a large photo is shrunk before it is sent", async ({ page }) => {
  await rememberUploads(page);
  await page.goto("/");
  const large = await page.evaluate(async () => {
    const paper = Object.assign(document.createElement("canvas"), { width: 4000, height: 3000 });
    const pen = paper.getContext("2d");
    for (let at = 0; at < 400; at++) {
      if (pen) pen.fillStyle = `hsl(${at * 7} 60% 50%)`;
      pen?.fillRect((at * 97) % 4000, (at * 61) % 3000, 300, 300);
    }
    const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, "image/jpeg", 0.95));
    return [...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))];
  });
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles({ name: "IMG.jpg", mimeType: "image/jpeg", buffer: Buffer.from(large) });
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  const sent = await page.evaluate(
    async (bytes) => {
      const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      return [picture.width, picture.height];
    },
    [...(await uploadOf(page))],
  );
  expect(sent).toEqual([1600, 1200]);
});

test("a picture can be pasted and dropped", async ({ page }) => {
  await page.goto("/");
  const picture = await drawn(page, 3);
  for (const kind of ["paste", "drop"]) {
    await page.goto("/");
    await page
      .getByRole("button", { name: /사진 (찍기|고르기)/ })
      .first()
      .waitFor();
    await page.evaluate(
      ({ kind, bytes }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], "photo.png", { type: "image/png" }));
        const event =
          kind === "paste"
            ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })
            : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
      },
      { kind, bytes: [...picture.buffer] },
    );
    await expect(page).toHaveURL(/\/answers\//);
    await asked(page); // or the next visit would cut off the upload
  }
});

test("what a camera cannot see changes the advice at once", async ({ page }) => {
  await ask(page, 4);
  const steps = page.getByRole("region", { name: "버리는 방법" });
  await expect(steps).toContainText("유리병류");
  const broken = page.getByRole("button", { name: /깨졌어요/ });
  await broken.click();
  await expect(broken).toHaveAttribute("aria-pressed", "true");
  await expect(steps).toContainText("불연성");
  await expect(page.getByRole("status").filter({ hasText: "불연성" })).toHaveCount(1);
  await broken.click();
  await expect(steps).toContainText("유리병류");
});

test("a wrong answer is corrected in words", async ({ page, complaints }) => {
  await ask(page, 5);
  await page.getByRole("button", { name: "아니에요" }).click();
  const field = page.getByRole("combobox", { name: "말로 적기" });
  await expect(field).toBeFocused();
  await field.fill("우유팩");
  await page.getByRole("option").first().click();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toContainText("종이팩");
  // Words that mean nothing are not taken, and what was said stays.
  await page.getByRole("button", { name: "아니에요" }).click();
  await page.getByRole("combobox", { name: "말로 적기" }).fill("qqqqxxzz");
  await page.keyboard.press("Enter");
  await expect(page.getByText("무엇인지 알 수 없는 답이에요", { exact: false }).first()).toBeVisible();
  complaints.length = 0; // the refusal
});

test("a right answer is thanked for, and consent is asked once", async ({ page }) => {
  await ask(page, 6);
  await page.getByRole("button", { name: "맞아요", exact: true }).click();
  await expect(
    page.getByText("이 사진과 앞으로 답을 알려 주시는 사진을 인공지능 학습에 써도 될까요?"),
  ).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "네, 쓰세요" }).click();
  await expect(page.getByText("고마워요. 큰 도움이 돼요.")).toBeVisible();
  await ask(page, 7);
  await page.getByRole("button", { name: "맞아요", exact: true }).click();
  await expect(page.getByText("고마워요. 큰 도움이 돼요.")).toBeVisible();
  await expect(
    page.getByText("이 사진과 앞으로 답을 알려 주시는 사진을 인공지능 학습에 써도 될까요?"),
  ).toHaveCount(0);
});

test("a reply without a network is refused before everybody's eyes", async ({
  page,
  context,
  complaints,
}) => {
  await page.goto("/");
  await hand(page, 14);
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  const article = page.getByRole("article");
  const choice = article.getByRole("button").first();
  await context.setOffline(true);
  await choice.click();
  await expect(article.getByText("인터넷 연결을 확인하고", { exact: false })).toBeVisible();
  await expect(choice).toBeFocused();
  await context.setOffline(false);
  await choice.click();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
  complaints.length = 0; // what could not be reached
});

test("a page of which this device has nothing says so at once without a network, and comes with the network", async ({
  page,
  context,
  complaints,
}) => {
  await page.route("**/api/v1/recycling/items", (route) => route.abort()); // this device stores no rules
  await page.goto("/search?q=우유팩");
  await expect(page.getByRole("region", { name: "찾은 것" })).toBeVisible();
  await context.setOffline(true);
  await page.getByRole("combobox").fill("컵라면");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "연결이 되지 않아요" })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("region", { name: "찾은 것" })).toContainText("컵라면");
  complaints.length = 0; // what could not be reached
});

test("several things in a photo are a list to swipe, to tab and to touch", async ({ page }) => {
  await page.goto("/");
  await page
    .locator("input[type=file]")
    .last()
    .setInputFiles(await twoThings(page));
  const tabs = page.getByRole("tab");
  await expect(tabs).toHaveCount(2);
  await expectAccessible(page);
  await tabs.first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(tabs.nth(1)).toBeFocused();
  await expect(tabs.nth(1)).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tabpanel").nth(1)).toBeInViewport();
  await page.getByRole("button", { name: /^1번/ }).click();
  await expect(tabs.first()).toHaveAttribute("aria-selected", "true");
  await page
    .getByRole("tabpanel")
    .first()
    .evaluate((panel) => {
      panel.parentElement?.scrollTo({ left: panel.clientWidth });
    });
  await expect(tabs.nth(1)).toHaveAttribute("aria-selected", "true");
});

test("the answer is handed on as a picture", async ({ page }) => {
  await ask(page, 8);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "공유하기" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^분리-.+\.png$/);
  await expect(page.getByRole("region", { name: "알림" })).toContainText("카드를 내려받았어요.");
});

test("nearby bins are shown when they are asked for, and never before", async ({ page, context }) => {
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: 37.5551, longitude: 126.9707 });
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/nearby") && asked.push(request.url()));
  await ask(page, 9);
  expect(asked).toEqual([]);
  await page.getByRole("button", { name: "가까운 수거함 보기" }).click();
  await expect(page.getByRole("link", { name: /까지 길찾기$/ }).first()).toBeVisible();
  expect(asked).toHaveLength(1);
});

test("who does not say where they are finds the map instead", async ({ page, context }) => {
  await context.clearPermissions();
  await ask(page, 10);
  await page.getByRole("button", { name: "가까운 수거함 보기" }).click();
  await expect(page.getByText("위치를 볼 수 있는 권한이 없어요.", { exact: false })).toBeVisible();
  await page.getByRole("link", { name: "지도에서 찾기" }).click();
  await expect(page).toHaveURL(/\/bins\?kind=/);
});

test("everything works without a mouse", async ({ page }) => {
  // Asked for in good time: Chromium has to be told to hand dialogs over, and a key is faster than that.
  const chooser = page.waitForEvent("filechooser");
  await page.goto("/");
  const picture = await drawn(page, 11);
  await tabTo(page, "button", "사진 고르기");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(picture);
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await tabTo(page, "button", "깨진 유리·도자기");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
  await tabTo(page, "button", "맞아요");
  await page.keyboard.press("Enter");
  await tabTo(page, "button", "아니요");
  await page.keyboard.press("Enter");
  await expect(page.getByText("고마워요. 큰 도움이 돼요.")).toBeVisible();
});

test("in English, too", async ({ page }) => {
  await keep(page, { language: "en" });
  await page.goto("/");
  await hand(page, 12);
  await expect(page.getByText("Just one question")).toBeVisible();
  await page.getByRole("button", { name: GLASS }).click();
  await expect(page.getByRole("region", { name: "How to throw it away" })).toContainText(
    "Glass bottle recycling",
  );
  await expect(page.locator("main")).not.toContainText(/[가-힣]/);
});

test("each state can be read by everybody, fits the screen and is large enough to touch", async ({
  page,
}) => {
  const check = async () => {
    await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
    await expectAccessibleInEveryScheme(page);
    await expectNoSidewaysScroll(page);
    await expectTouchable(page);
  };
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto("/");
  await check();
  await hand(page, 13);
  await expect(page.getByText("하나만 여쭤볼게요")).toBeVisible();
  await check();
  await check();
  await page.getByRole("button", { name: GLASS }).click();
  await expect(page.getByRole("region", { name: "버리는 방법" })).toBeVisible();
  await check();
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  await expectNoSidewaysScroll(page);
});
