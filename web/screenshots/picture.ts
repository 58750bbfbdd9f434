import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const MOST_BYTES = 60_000;
const QUALITIES = [0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5];

/** What the screen shows, as docs/images/NAME.webp: as good as fits into 60 kB. Throws where nothing fits. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const png = await page.screenshot({ animations: "disabled" });
  // Another page draws it again: our own allows no `data:` to be fetched.
  const encoder = await page.context().newPage();
  for (const quality of QUALITIES) {
    const webp = Buffer.from(
      await encoder.evaluate(asWebP, { png: png.toString("base64"), quality }),
      "base64",
    );
    if (webp.length > MOST_BYTES) continue;
    writeFileSync(`${IMAGES}${name}.webp`, webp);
    console.log(`docs/images/${name}.webp  ${(webp.length / 1000).toFixed(0)} kB, quality ${quality}`);
    await encoder.close();
    return;
  }
  throw new Error(`${name} does not fit into ${MOST_BYTES} bytes`);
}

/** In a browser, which has an encoder: base64 to base64. */
async function asWebP({ png, quality }: { png: string; quality: number }): Promise<string> {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const drawn = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const paper = new OffscreenCanvas(drawn.width, drawn.height);
  paper.getContext("2d")?.drawImage(drawn, 0, 0);
  const blob = await paper.convertToBlob({ type: "image/webp", quality });
  const webp = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(webp, (byte) => String.fromCharCode(byte)).join(""));
}
