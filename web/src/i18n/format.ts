import { useTranslation } from "react-i18next";

/** Numbers, dates and distances as people of `language` write them. */
export function formatter(language: string) {
  const number = (value: number, options?: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(language, options).format(value);
  const date = (value: Date | string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, options).format(new Date(value));
  return {
    number,
    /** 0.873 → 87% */
    percent: (share: number) => number(share, { style: "percent", maximumFractionDigits: 0 }),
    /** Metres as one would say them: 80 m, 350 m, 1.2 km. */
    distance: (metres: number) =>
      metres < 975 // what would be rounded to 1,000 m is 1 km
        ? number(metres < 100 ? Math.round(metres / 10) * 10 : Math.round(metres / 50) * 50, unit("meter"))
        : number(metres / 1000, { ...unit("kilometer"), maximumFractionDigits: metres < 9950 ? 1 : 0 }),
    /** Bytes as a download shows them: 12 kB, 3.4 MB. */
    bytes: (count: number) =>
      count < 999_500
        ? number(Math.max(1, Math.round(count / 1000)), unit("kilobyte"))
        : number(count / 1e6, { ...unit("megabyte"), maximumFractionDigits: count < 9_950_000 ? 1 : 0 }),
    day: (value: Date | string) => date(value, { dateStyle: "medium" }),
    moment: (value: Date | string) => date(value, { dateStyle: "medium", timeStyle: "short" }),
    time: (value: Date | string) => date(value, { timeStyle: "short" }),
    /** How long ago, in the coarsest unit that says something. */
    ago: (value: Date | string, now: Date = new Date()) => ago(language, new Date(value), now),
    list: (values: readonly string[]) =>
      new Intl.ListFormat(language, { type: "conjunction" }).format(values),
  };
}

/** The formatter of the language in use. */
export function useFormat() {
  return formatter(useTranslation().i18n.language);
}

function unit(name: string): Intl.NumberFormatOptions {
  return { style: "unit", unit: name, unitDisplay: "short" };
}

const SPANS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function ago(language: string, then: Date, now: Date): string {
  const seconds = (then.getTime() - now.getTime()) / 1000;
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const [name, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? ["second", 1];
  return words.format(name === "second" ? 0 : Math.trunc(seconds / length), name);
}
