import { allArrived, field, makeRoom } from "./support/chat";
import { expect, keep, test } from "./support/test";

/** What would run or fetch something if it came through, after Markdown has made HTML of it. */
const HOSTILE = [
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt&colon;alert(1))",
  "[a](data:text/html,<script>alert(1)</script>)",
  "[a](vbscript:x)",
  '[a](https://example.org "x\\" onmouseover=\\"alert(1)")',
  "<img src=x onerror=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "![a](https://tracker.example/pixel.png)",
  "![a](http://192.168.0.1/admin)",
  '<https://example.org/"onclick=alert(1)>',
  "<javascript:alert(1)>",
  "[x]: javascript:alert(1)\n\n[x]",
  "`<b onclick=alert(1)>`",
  "> - <iframe src=https://example.org></iframe>",
  '<a href="https://example.org" style="position:fixed;inset:0" onclick="alert(1)">x</a>',
] as const;

test("nothing that is written runs, fetches or covers anything", async ({ page }) => {
  await keep(page, { name: "민아" });
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!/localhost|127\.0\.0\.1/.test(new URL(request.url()).hostname)) outside.push(request.url());
  });
  page.on("dialog", (dialog) => {
    outside.push(dialog.message());
    void dialog.dismiss();
  });
  await makeRoom(page, `글 ${Date.now() % 1e5}`);
  for (const words of HOSTILE) {
    await field(page).fill(words);
    await field(page).press("Enter");
    await expect(field(page)).toHaveValue("");
  }
  await allArrived(page);
  const found = await page
    .getByRole("log")
    .evaluate((log) =>
      [...log.querySelectorAll("article *")].flatMap((element) => [
        ...(["SCRIPT", "IMG", "IFRAME", "STYLE", "OBJECT"].includes(element.tagName)
          ? [element.outerHTML]
          : []),
        ...[...element.attributes]
          .filter(({ name, value }) => name.startsWith("on") || /(javascript|data|vbscript):/i.test(value))
          .map(({ name, value }) => `${element.tagName} ${name}=${value}`),
      ]),
    );
  expect(found).toEqual([]);
  await page.reload();
  await allArrived(page);
  expect(outside).toEqual([]);
});

test("the part of Markdown that there is, and links that tell nobody where they were", async ({ page }) => {
  await keep(page, { name: "민아" });
  await makeRoom(page, `글 ${Date.now() % 1e5}`);
  await field(page).fill(
    "**굵게** *기울임* `코드`\n> 인용\n\n- 하나\n- 둘\n\n[안내](https://example.org/guide)",
  );
  await field(page).press("Enter");
  await allArrived(page);
  const log = page.getByRole("log");
  await expect(log.locator("strong", { hasText: "굵게" })).toHaveCount(1);
  await expect(log.locator("em", { hasText: "기울임" })).toHaveCount(1);
  await expect(log.locator("code", { hasText: "코드" })).toHaveCount(1);
  await expect(log.locator("blockquote", { hasText: "인용" })).toHaveCount(1);
  await expect(log.getByRole("listitem")).toHaveText(["하나", "둘"]);
  const link = log.getByRole("link", { name: "안내" });
  await expect(link).toHaveAttribute("rel", "noopener noreferrer nofollow");
  await expect(link).toHaveAttribute("target", "_blank");
});
