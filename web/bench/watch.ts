/** What a page went through, in milliseconds since its navigation began. */
export type Seen = {
  /** When a finger could first use what the page is for; null before. */
  usable: number | null;
  /** Tasks of 50 ms and more, as the browser reports them: when they began and how long they took. */
  tasks: { start: number; lasted: number }[];
  /** All layout shifts that nobody caused, added up. */
  shift: number;
  /** When the largest thing was painted. */
  largest: number;
  /** When a photo was handed over. */
  handed: number | null;
  /** When its answer, or the question, was there. */
  answered: number | null;
};

/** What makes a page usable: this lies open under a finger, and, with `opens`, pressing it opens a file dialog. */
export type Usable = Readonly<{ selector: string; opens: boolean }>;

type Shift = PerformanceEntry & Readonly<{ value: number; hadRecentInput: boolean }>;

/** Runs in the page before any script of its own. */
export function watch({ selector, opens }: Usable): void {
  const seen: Seen = { usable: null, tasks: [], shift: 0, largest: 0, handed: null, answered: null };
  window.seen = seen;

  const on = (type: string, see: (entry: PerformanceEntry) => void) => {
    new PerformanceObserver((list) => {
      list.getEntries().forEach(see);
    }).observe({ type, buffered: true });
  };
  on("longtask", ({ startTime, duration }) => seen.tasks.push({ start: startTime, lasted: duration }));
  on("largest-contentful-paint", ({ startTime }) => (seen.largest = startTime));
  on("layout-shift", (entry) => {
    const { value, hadRecentInput } = entry as Shift;
    if (!hadRecentInput) seen.shift += value;
  });

  let opened = false;
  const opening = (event: Event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.type !== "file") return;
    opened = true;
    event.preventDefault(); // no dialog
  };
  document.addEventListener("click", opening, true);
  document.addEventListener(
    "change",
    ({ target }) => {
      if (target instanceof HTMLInputElement && target.type === "file") seen.handed = performance.now();
    },
    true,
  );

  const usable = () => {
    const target = document.querySelector<HTMLElement>(selector);
    const box = target?.getBoundingClientRect();
    if (!target || !box?.width) return false;
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!target.contains(hit)) return false;
    if (opens) target.click();
    return opened || !opens;
  };
  const look = () => {
    if (seen.usable === null && usable()) {
      seen.usable = performance.now();
      document.removeEventListener("click", opening, true);
    }
    if (seen.handed !== null && seen.answered === null && document.querySelector("main article"))
      seen.answered = performance.now();
    if (seen.answered === null) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
