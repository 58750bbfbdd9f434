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
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      await use(complaints);
      expect(complaints, "errors in the console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** What this device kept from an earlier visit. Before the first `goto`. */
export async function keep(page: Page, preferences: Preferences): Promise<void> {
  await page.addInitScript((kept) => {
    if (!localStorage.getItem("bunri.preferences")) localStorage.setItem("bunri.preferences", kept);
  }, JSON.stringify(preferences));
}

export const SCHEMES = [
  { theme: "light" },
  { theme: "dark" },
  { theme: "light", contrast: "more" },
  { theme: "dark", contrast: "more" },
] as const satisfies readonly Preferences[];

/** The rules of WCAG 2.2 A and AA that a machine can check, and axe's own good practices. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n  ")}`);
  expect(found).toEqual([]);
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, screen } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  expect(content, `width of ${page.url()}`).toBeLessThanOrEqual(screen);
}

/** Tabs until `name` has the focus: what a person without a mouse can reach. */
export async function tabTo(
  page: Page,
  role: "link" | "button" | "radio" | "textbox" | "combobox",
  name: string,
): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let presses = 0; presses < 250; presses++) {
    if (await wanted.evaluateAll((found) => found.includes(document.activeElement as HTMLElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${role} “${name}” cannot be reached by Tab`);
}
