import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { drawn } from "../e2e/support/pictures";

export const SHARED = process.env.BUNRI_SHARED ?? fileURLToPath(new URL("../../../shared", import.meta.url));

/** A photo of TrashNet (MIT; Gary Thung, Mindy Yang) by its name, or a drawn bottle where there is none. */
export async function photo(page: Page, name: string) {
  const file = `${SHARED}/data/trashnet/${name.replace(/\d+$/, "")}/${name}.jpg`;
  return existsSync(file) ? file : drawn(page, 1);
}
