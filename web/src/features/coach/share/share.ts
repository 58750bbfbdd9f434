import type { Item } from "~/api/types";
import { materialOfCategory } from "~/design/materials";

const WIDTH = 1080;
const HEIGHT = 1350;
const MARGIN = 72;
const PHOTO = 620;
/** Where the steps end, above our name. */
const END = HEIGHT - 136;
const STEP = { line: 54, gap: 12, most: 2, from: MARGIN + 52 };
/** Between two steps, for those that are left out. */
const DOTS = 36;

type Words = Readonly<{ brand: string; tagline: string }>;
type Pen = CanvasRenderingContext2D;

/** The answer as a picture of 1080 × 1350: the thing, its name, where it goes and how. */
export async function makeCard(item: Item, picture: string | null, words: Words): Promise<Blob> {
  if (picture) {
    try {
      return await drawn(item, picture, words);
    } catch {
      // Without a photo, or with one that must not be read, the words are shared alone.
    }
  }
  return drawn(item, null, words);
}

async function drawn(item: Item, picture: string | null, words: Words): Promise<Blob> {
  const paper = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
  const pen = paper.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const family = colour("--type");
  // A canvas does not wait for letters that were never needed: all sizes share these files.
  const written = [item.name, item.disposal.category_name, ...item.disposal.steps, words.tagline].join("");
  await Promise.all(
    ["400 40px", "700 40px"].map((font) => document.fonts.load(`${font} ${family}`, written)),
  );
  const type = (size: number, weight: number) => `${weight} ${size}px ${family}`;

  pen.fillStyle = colour("--ground");
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  let y = picture ? await drawPhoto(pen, picture, item) : MARGIN;

  pen.textBaseline = "top";
  pen.fillStyle = colour("--ink");
  y = write(pen, item.name, y + 44, { font: type(68, 750), line: 84, most: 2 }) + 20;
  y = drawCategory(pen, item, y, type(46, 750)) + 36;
  pen.fillStyle = colour("--ink");
  drawSteps(pen, item.disposal.steps, y, { number: type(40, 700), words: type(40, 450) });
  pen.fillStyle = colour("--muted");
  pen.font = type(32, 500);
  pen.textBaseline = "alphabetic";
  drawMark(pen, MARGIN, HEIGHT - 100);
  pen.fillText(`${words.brand} · ${words.tagline}`, MARGIN + 60, HEIGHT - 68);
  return encoded(paper);
}

/** Cut to the thing with some air, so that it fills the upper part. Gives where it ends. */
async function drawPhoto(pen: Pen, url: string, { box }: Item): Promise<number> {
  const image = new Image();
  image.crossOrigin = "anonymous"; // from a store of another origin: else the card could not be read
  image.src = url;
  await image.decode();
  const { naturalWidth: w, naturalHeight: h } = image;
  const [left = 0, top = 0, right = 1, bottom = 1] = box ?? [];
  const scale = cover(w, h, { width: (right - left) * w, height: (bottom - top) * h });
  const [cutWidth, cutHeight] = [WIDTH / scale, PHOTO / scale];
  const x = within(((left + right) / 2) * w - cutWidth / 2, w - cutWidth);
  const y = within(((top + bottom) / 2) * h - cutHeight / 2, h - cutHeight);
  pen.drawImage(image, x, y, cutWidth, cutHeight, 0, 0, WIDTH, PHOTO);
  return PHOTO;
}

/** Pixels of the card for one of the photo: the thing with air around it, but never more than the photo has. */
export function cover(
  width: number,
  height: number,
  thing: Readonly<{ width: number; height: number }>,
  air = 1.25,
): number {
  const wanted = Math.min(WIDTH / (thing.width * air), PHOTO / (thing.height * air));
  return Math.max(wanted, WIDTH / width, PHOTO / height);
}

function within(value: number, most: number): number {
  return Math.min(Math.max(0, value), Math.max(0, most));
}

function drawCategory(pen: Pen, { disposal }: Item, y: number, font: string): number {
  const material = materialOfCategory(disposal.category);
  pen.font = font;
  const width = Math.min(WIDTH - 2 * MARGIN, pen.measureText(disposal.category_name).width + 72);
  pen.fillStyle = colour(`--${material}`);
  pen.beginPath();
  pen.roundRect(MARGIN, y, width, 88, 44);
  pen.fill();
  pen.fillStyle = colour(`--${material}-on`);
  pen.fillText(disposal.category_name, MARGIN + 36, y + 20, width - 72);
  return y + 88;
}

function drawSteps(
  pen: Pen,
  steps: readonly string[],
  top: number,
  font: Readonly<{ number: string; words: string }>,
): void {
  const texts = steps.map((step) => rowsOf(pen, step, { ...STEP, font: font.words }));
  const heights = texts.map((rows) => rows.length * STEP.line + STEP.gap);
  let y = top;
  for (const index of fitting(heights, END + STEP.gap - top, DOTS)) {
    if (index === null) {
      for (const dot of [0, 1, 2]) {
        pen.beginPath();
        pen.arc(STEP.from + 4 + dot * 18, y + DOTS / 2 - 6, 4, 0, 2 * Math.PI);
        pen.fill();
      }
      y += DOTS;
      continue;
    }
    pen.font = font.number;
    pen.fillText(String(index + 1), MARGIN, y);
    pen.font = font.words;
    texts[index]?.forEach((row, at) => {
      pen.fillText(row, STEP.from, y + at * STEP.line);
    });
    y += heights[index] ?? 0;
  }
}

/**
 * Which of the steps, so many pixels high, find `room`: from the first on, and in any case the last, which says where it
 * goes. null, `dots` high, stands for those that are left out.
 */
export function fitting(heights: readonly number[], room: number, dots: number): (number | null)[] {
  const sum = (some: readonly number[]) => some.reduce((total, height) => total + height, 0);
  const last = heights.length - 1;
  if (last < 1 || sum(heights) <= room) return [...heights.keys()];
  const left = room - dots - (heights[last] ?? 0);
  const first = [...heights.keys()]
    .slice(0, last - 1)
    .filter((index) => sum(heights.slice(0, index + 1)) <= left);
  return [...first, null, last];
}

/** Our sign, as icons/Mark.tsx draws it. */
function drawMark(pen: Pen, x: number, y: number): void {
  pen.save();
  pen.translate(x, y);
  pen.fillStyle = colour("--green");
  pen.fill(new Path2D("M18 2.5a17 17 0 0 0 0 34Z"));
  pen.globalAlpha = 0.5;
  pen.fill(new Path2D("M22 5.5a15.5 15.5 0 0 1 0 31Z"));
  pen.restore();
}

type Text = Readonly<{ font: string; line: number; most: number; from?: number }>;

/** Writes in lines, and says where the next thing may begin. */
function write(pen: Pen, text: string, y: number, look: Text): number {
  const rows = rowsOf(pen, text, look);
  rows.forEach((row, index) => {
    pen.fillText(row, look.from ?? MARGIN, y + index * look.line);
  });
  return y + rows.length * look.line;
}

function rowsOf(pen: Pen, text: string, { font, most, from = MARGIN }: Text): string[] {
  pen.font = font;
  return broken(text, WIDTH - MARGIN - from, (words) => pen.measureText(words).width, most);
}

/** `text` in `most` lines no wider than `width`; broken between words, cut with an ellipsis. */
export function broken(
  text: string,
  width: number,
  measure: (words: string) => number,
  most: number,
): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of text.split(" ")) {
    const longer = row ? `${row} ${word}` : word;
    if (row && measure(longer) > width) {
      rows.push(row);
      row = word;
    } else row = longer;
  }
  rows.push(row);
  if (rows.length <= most) return rows;
  return [...rows.slice(0, most - 1), `${rows[most - 1] ?? ""}…`];
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function encoded(paper: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    paper.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("not encoded"))), "image/png");
  });
}

/** To another app where the device can, else to the downloads. */
export async function handOn(card: Blob, name: string, text: string): Promise<"shared" | "saved"> {
  const file = new File([card], `${name}.png`, { type: card.type });
  // The types promise it everywhere; some desktop browsers have none.
  if ("canShare" in navigator && navigator.canShare({ files: [file] })) {
    try {
      await navigator.share({ files: [file], text });
      return "shared";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return "shared"; // the person cancelled
    }
  }
  const url = URL.createObjectURL(card);
  Object.assign(document.createElement("a"), { href: url, download: file.name }).click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
  return "saved";
}
