/** How long a rating puts a card off, as the server writes it: whole days as `P3D`, less as `PT10M` or `PT330S`. */
import { useTranslation } from "react-i18next";

const WRITTEN = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const DAY_MS = 86_400_000;
const MONTH_DAYS = 30;
const YEAR_DAYS = 365;

/** Milliseconds of a pause; 0 for what is none. */
export function millisecondsOf(pause: string): number {
  const [days, hours, minutes, seconds] = (WRITTEN.exec(pause) ?? [])
    .slice(1)
    .map((part) => Number(part || 0));
  return (days ?? 0) * DAY_MS + (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}

/** A pause in the unit that people would say it in: "10 minutes", "3 days", "1.5 months". */
export function pauseIn(language: string, pause: string): string {
  const said = (value: number, unit: string) =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit,
      unitDisplay: language === "ko" ? "long" : "short",
      maximumFractionDigits: 1,
    }).format(value);
  const minutes = millisecondsOf(pause) / 60_000;
  const days = minutes / 1440;
  if (days >= YEAR_DAYS) return said(days / YEAR_DAYS, "year");
  if (days >= 2 * MONTH_DAYS) return said(days / MONTH_DAYS, "month");
  if (days >= 1) return said(Math.round(days), "day");
  return minutes >= 60 ? said(minutes / 60, "hour") : said(Math.max(1, Math.round(minutes)), "minute");
}

export function usePause(): (pause: string) => string {
  const { i18n } = useTranslation();
  return (pause) => pauseIn(i18n.language, pause);
}
