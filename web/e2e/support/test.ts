import { AxeBuilder } from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";

type Preferences = Partial<Record<"language" | "theme" | "contrast" | "region" | "name", string>>;

type Fixtures = {
  /** What the browser complained about. A test that ends with complaints fails; `complaints.length = 0` forgives them. */
  complaints: string[];
};

/** Playwright's `test`, which fails when the console shows an error, above all one of the Content-Security-Policy. */
export const test = base.extend<Fixtures>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`${message.text()} ${message.location().url}`);
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await use(complaints);
      expect(complaints, "errors in the console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Sets the preferences that this device has from an earlier visit. To be called before the first `goto`. */
export async function keep(page: Page, preferences: Preferences): Promise<void> {
  await page.addInitScript((kept) => {
    if (!localStorage.getItem("bunri.preferences")) localStorage.setItem("bunri.preferences", kept);
  }, JSON.stringify(preferences));
}

const SCHEMES = [
  { theme: "light", contrast: "standard" },
  { theme: "dark", contrast: "standard" },
  { theme: "light", contrast: "more" },
  { theme: "dark", contrast: "more" },
] as const satisfies readonly Preferences[];

/** The rules of WCAG 2.2 A and AA that a machine can check, and axe's own good practices. */
export async function expectAccessible(page: Page): Promise<void> {
  await expectNothing(
    page,
    axe(page).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]),
  );
}

/** The same in every scheme: only colours tell them apart, so the other rules are asked once. */
export async function expectAccessibleInEveryScheme(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const [index, scheme] of SCHEMES.entries()) {
    await page.evaluate((chosen) => {
      const kept = JSON.parse(localStorage.getItem("bunri.preferences") ?? "{}") as object;
      localStorage.setItem("bunri.preferences", JSON.stringify({ ...kept, ...chosen }));
      window.paint?.();
    }, scheme);
    await expect(page.locator("html")).toHaveAttribute("data-theme", scheme.theme);
    await expect(page.locator("html")).toHaveAttribute("data-contrast", scheme.contrast);
    if (index === 0) await expectAccessible(page);
    else await expectNothing(page, axe(page).withRules(["color-contrast", "link-in-text-block"]));
  }
}

/** Whatever moves has arrived, but for what never does: a colour on its way to another is neither. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter(
          ({ effect, playState }) =>
            playState === "running" && effect?.getComputedTiming().endTime !== Infinity,
        );
    for (let some = moving(); some.length > 0; some = moving())
      await Promise.allSettled(some.map(({ finished }) => finished));
  });
}

/** Of what is right it names one element for each rule: to describe all of them took an eighth of the time. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
}

async function expectNothing(page: Page, rules: AxeBuilder): Promise<void> {
  await settled(page);
  const { violations } = await rules.setLegacyMode().analyze(); // without frames, and in half the time
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n  ")}`);
  expect(found, page.url()).toEqual([]);
}

const TOUCH = 44;

/** What a finger is to hit is 44 pixels wide and high (WCAG 2.5.5), but for links within a sentence. */
export async function expectTouchable(page: Page): Promise<void> {
  await settled(page);
  const small = await page
    .locator(":is(main, nav) :is(a:not(p a), button, select, summary, input, [role=tab], [role=option])")
    .evaluateAll((targets, touch) => {
      const large = (one: Element) => {
        const { width, height } = one.getBoundingClientRect();
        return width > touch - 0.1 && height > touch - 0.1; // rounded by the layout
      };
      return targets
        .filter((target) => target.checkVisibility() && !target.matches("[type=file]"))
        .filter((target) => !target.closest("figure")) // marks on a picture: what they choose has a tab, too
        .filter((target) => !large(target) && !large(target.closest("label") ?? target))
        .map((target) => {
          const { width, height } = target.getBoundingClientRect();
          return `${Math.round(width)} × ${Math.round(height)}: ${target.outerHTML}`;
        });
    }, TOUCH);
  expect(small, page.url()).toEqual([]);
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, screen } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  expect(content, `width of ${page.url()}`).toBeLessThanOrEqual(screen);
}

/** No word is broken inside, no text is cut off by what holds it, and a field shows more than a few letters. */
export async function expectWholeWords(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const broken = await page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const holder = node.parentElement;
      if (!holder?.checkVisibility({ visibilityProperty: true })) continue;
      if (holder.closest(".visually-hidden, [inert], [aria-hidden=true], select, script, style")) continue;
      for (const { 0: word, index } of (node.textContent ?? "").matchAll(/[\p{L}\p{N}]+/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (lines.size > 1) found.push(`broken: ${word}`);
        const { left, right } = range.getBoundingClientRect();
        const clip = clipOf(holder);
        if (clip && (left < clip.left - 1 || right > clip.right + 1)) found.push(`cut off: ${word}`);
      }
    }
    for (const field of document.querySelectorAll<HTMLInputElement>(
      "input:not([type=file], [type=checkbox], [type=radio])",
    )) {
      const { fontSize, paddingLeft, paddingRight } = getComputedStyle(field);
      const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      if (field.checkVisibility() && room < 5 * parseFloat(fontSize))
        found.push(`narrow field: ${Math.round(room)} px`);
    }
    return found;

    /** What cuts off sideways, unless it can be scrolled. */
    function clipOf(holder: Element): DOMRect | null {
      for (let at: Element | null = holder; at; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX === "auto" || overflowX === "scroll") return null;
        if (overflowX === "hidden" || overflowX === "clip") return at.getBoundingClientRect();
      }
      return null;
    }
  });
  expect(broken, page.url()).toEqual([]);
}

/** Tabs until `name` has the focus: what a person without a mouse can reach. */
export async function tabTo(
  page: Page,
  role: "link" | "button" | "radio" | "checkbox" | "textbox" | "combobox",
  name: string,
): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let presses = 0; presses < 250; presses++) {
    if (await wanted.evaluateAll((found) => found.includes(document.activeElement as HTMLElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${role} “${name}” cannot be reached by Tab`);
}
