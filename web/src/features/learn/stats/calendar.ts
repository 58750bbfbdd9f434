type Day = Readonly<{ day: string; reviews: number }>;

const DAY_MS = 86_400_000;
const WEEKS = 53;

/** All days of the last year until `today` (`2026-11-30`), beginning on a Monday. Days are dates, so they are counted in UTC. */
export function calendar(today: string, known: readonly Day[]): readonly Day[] {
  const reviews = new Map(known.map((one) => [one.day, one.reviews]));
  const last = Date.parse(`${today}T00:00:00Z`);
  const weekday = (new Date(last).getUTCDay() + 6) % 7;
  const count = (WEEKS - 1) * 7 + weekday + 1;
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(last - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    return { day, reviews: reviews.get(day) ?? 0 };
  });
}

/** How dark a day is drawn, 0 to 4. */
export function heat(reviews: number): number {
  return [1, 10, 30, 60].filter((limit) => reviews >= limit).length;
}
