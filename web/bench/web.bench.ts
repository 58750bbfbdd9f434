import { writeFileSync } from "node:fs";
import { test, type Browser, type CDPSession, type Page } from "@playwright/test";
import { watch, type Seen, type Usable } from "./watch";

/** What pages cost a phone whose processor is four times slower than ours. Figures go to BUNRI_BENCH_OUT as JSON. */

const rounds = Number(process.env.BUNRI_BENCH_ROUNDS ?? 3);
const photo = process.env.BUNRI_BENCH_PHOTO ?? "";
const SLOWER = 4;
/** No task and no request for so long: the page has come to rest. */
const REST_MS = 2000;
type Phone = Readonly<{ slower?: number; network?: typeof SLOW_4G }>;
/** Lighthouse's: ms, and bytes a second. */
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1.6e6 / 8,
  uploadThroughput: 0.75e6 / 8,
};

const COACH: Usable = { selector: "main section button", opens: true };
const BINS: Usable = { selector: "main ul li button:has([data-size])", opens: false };

type Visit = Readonly<{
  usable: number;
  /** Processor time of the page's main thread until then: what else the machine does counts little. */
  work: number;
  /** Usable, and the last task of 50 ms or more is over. */
  interactive: number;
  longest: number;
  shift: number;
  largest: number;
  /** Page, scripts and styles that came before it was usable. */
  code: readonly string[];
  /** Bytes of them, as they were sent. */
  sent: number;
  /** Bytes of everything, letters too. */
  all: number;
}>;

test("what pages cost a phone", async ({ browser }) => {
  const coach = await repeated(() => visited(browser, "/", COACH));
  const found = {
    coach,
    gzip: await gzipped(coach[0]?.code ?? []),
    as_fast_as_here: await repeated(() => visited(browser, "/", COACH, { slower: 1 })),
    slow_4g: await visited(browser, "/", COACH, { network: SLOW_4G }),
    photo: await repeated(() => handed(browser)),
    bins: await repeated(() => visited(browser, "/bins", BINS)),
  };
  writeFileSync(process.env.BUNRI_BENCH_OUT ?? "/dev/stdout", JSON.stringify(found));
});

async function repeated<Result>(measure: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let round = 0; round < rounds; round++) results.push(await measure());
  return results;
}

/** A first visit: nothing in any cache. */
async function visited(browser: Browser, path: string, usable: Usable, phone: Phone = {}): Promise<Visit> {
  return onPhone(browser, usable, phone, async (page, session) => {
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(path);
    await page.waitForFunction(() => window.seen.usable !== null, undefined, { polling: 100 });
    const { metrics } = await session.send("Performance.getMetrics");
    const work = (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN) * 1000;
    await rested(page);
    return { ...(await page.evaluate(told)), work };
  });
}

type Handed = Readonly<{ longest: number; shrunk: number; answered: number }>;

/** A photo from the file dialog: how long the page stands still, until the small one leaves, until there is an answer. */
async function handed(browser: Browser): Promise<Handed> {
  return onPhone(browser, COACH, {}, async (page) => {
    await page.goto("/");
    await rested(page);
    await page.locator("input[type=file]").last().setInputFiles(photo);
    await page.waitForFunction(() => window.seen.answered !== null);
    await rested(page);
    return page.evaluate(() => {
      const { handed, answered, tasks } = window.seen;
      if (handed === null || answered === null) throw new Error("no photo was handed over");
      const requests = performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.includes("/api/v1/"));
      const left = Math.min(...requests.map(({ startTime }) => startTime).filter((at) => at > handed));
      const during = tasks.filter(({ start, lasted }) => start + lasted > handed && start < left);
      return {
        longest: Math.max(0, ...during.map(({ lasted }) => lasted)),
        shrunk: left - handed,
        answered: answered - handed,
      };
    });
  });
}

/** A browser that knows nothing yet, as large as a phone and as slow. */
async function onPhone<Result>(
  browser: Browser,
  usable: Usable,
  { slower = SLOWER, network }: Phone,
  measure: (page: Page, session: CDPSession) => Promise<Result>,
): Promise<Result> {
  const { baseURL } = test.info().project.use;
  const context = await browser.newContext({
    ...(baseURL ? { baseURL } : {}),
    locale: "ko-KR",
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch, usable);
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
    if (network) await session.send("Network.emulateNetworkConditions", network);
    return await measure(page, session);
  } finally {
    await context.close();
  }
}

/** Bytes of these, sent to a browser that knows no Brotli. */
async function gzipped(addresses: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const address of addresses) {
    const { headers } = await fetch(address, { method: "HEAD", headers: { "Accept-Encoding": "gzip" } });
    bytes += Number(headers.get("Content-Length"));
  }
  return bytes;
}

/** Until the page is usable, and neither works nor fetches any more. */
async function rested(page: Page): Promise<void> {
  await page.waitForFunction(
    (rest) => {
      const { usable, tasks } = window.seen;
      const busy = [...tasks.map(({ start, lasted }) => start + lasted)];
      for (const one of performance.getEntriesByType("resource"))
        busy.push((one as PerformanceResourceTiming).responseEnd);
      return usable !== null && performance.now() - Math.max(usable, ...busy) > rest;
    },
    REST_MS,
    { polling: 250 },
  );
}

/** In the page: what it went through. */
function told(): Omit<Visit, "work"> {
  const { usable, tasks, shift, largest }: Seen = window.seen;
  if (usable === null) throw new Error("never usable");
  const came = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ] as PerformanceResourceTiming[];
  const code = came.filter(
    ({ name, responseEnd }) => responseEnd <= usable && !/\/api\/|\.(woff2|svg|png)$/.test(name),
  );
  const bytes = (some: typeof came) => some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  return {
    usable,
    interactive: Math.max(usable, ...tasks.map(({ start, lasted }) => start + lasted)),
    longest: Math.max(0, ...tasks.map(({ lasted }) => lasted)),
    shift,
    largest,
    code: code.map(({ name }) => name),
    sent: bytes(code),
    all: bytes(came),
  };
}
