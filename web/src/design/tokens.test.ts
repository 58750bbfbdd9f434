import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contrast } from "./contrast";

type Tokens = Readonly<Record<string, string>>;

const css = ["tokens.css", "materials.css"]
  .map((file) => readFileSync(join(import.meta.dirname, file), "utf-8"))
  .join("\n");

/** The colours that one selector sets, by name. */
function set(selector: string): Tokens {
  const blocks = [...css.matchAll(/^([^\s{}/*][^{}]*?)\s*\{([^}]*)\}/gm)].filter(
    (block) => block[1] === selector,
  );
  const pairs = blocks.flatMap((block) => [...(block[2] ?? "").matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)]);
  return Object.fromEntries(pairs.map(([, name = "", value = ""]): [string, string] => [name, value]));
}

const [light, dark, more, both] = [
  set(":root"),
  set('[data-theme="dark"]'),
  set('[data-contrast="more"]'),
  set('[data-theme="dark"][data-contrast="more"]'),
];

// In the order of the cascade.
const schemes: Readonly<Record<string, { tokens: Tokens; text: number }>> = {
  light: { tokens: light, text: 4.5 },
  dark: { tokens: { ...light, ...dark }, text: 4.5 },
  "light, more contrast": { tokens: { ...light, ...more }, text: 7 },
  "dark, more contrast": { tokens: { ...light, ...dark, ...more, ...both }, text: 7 },
};

const grounds = ["ground", "surface", "sunken"];
const materials = Object.keys(light).flatMap((name) =>
  name.endsWith("-on") && `${name.slice(0, -3)}-ink` in light ? [name.slice(0, -3)] : [],
);

/** Writing and what it stands on. */
const written: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => [
    ["ink", ground],
    ["muted", ground],
    ["green-ink", ground],
    ["bad", ground],
    ["care", ground],
    ["note", ground],
  ]),
  ["green", "ground"],
  ["green", "surface"],
  ["green-on", "green"],
  ["green-on", "green-strong"],
  ["green-ink", "green-tint"],
  ["ink", "green-tint"],
  ["bad-on", "bad"],
  ...["good", "care", "bad", "note"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-tint`],
    ["ink", `${tone}-tint`],
  ]),
  ...materials.flatMap((material): [string, string][] => [
    [`${material}-on`, material],
    [`${material}-ink`, `${material}-tint`],
    [`${material}-ink`, "ground"],
    [`${material}-ink`, "surface"],
    ["ink", `${material}-tint`],
  ]),
];

/** Signs without words (WCAG 1.4.11). */
const drawn: [string, string][] = [
  ["edge", "ground"],
  ["edge", "surface"],
  ["focus", "ground"],
  ["focus", "surface"],
  ["focus", "green-tint"],
];

describe.each(Object.entries(schemes))("%s", (_, { tokens, text }) => {
  const measured = ([over, under]: [string, string]) => contrast(tokens[over] ?? "", tokens[under] ?? "");

  it.each(written)("--%s can be read on --%s", (...pair) => {
    expect(measured(pair)).toBeGreaterThanOrEqual(text);
  });

  it.each(drawn)("--%s can be seen on --%s", (...pair) => {
    expect(measured(pair)).toBeGreaterThanOrEqual(3);
  });
});

it("knows every material of the contract", async () => {
  const { materialValues } = await import("~/api/generated/schema");
  expect([...materials].filter((name) => name !== "green" && name !== "bad").sort()).toEqual(
    [...materialValues].sort(),
  );
});
