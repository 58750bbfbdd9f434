import { i18n } from "~/i18n";
import { Problem } from "./problem";

/** What a person can do about it. */
export type Remedy = "retry" | "search" | "home" | null;

export type Description = Readonly<{
  title: string;
  sentence: string;
  remedy: Remedy;
}>;

/** Codes of failures for which trying again does not help, but something else does. */
const REMEDIES: Readonly<Record<string, Remedy>> = {
  not_found: "home",
  missing: "home",
  job_missing: "home",
  bin_missing: "home",
  item_missing: "search",
  region_missing: null,
  vision_missing: "search",
  invalid: null,
  forbidden: "home",
};

/** The one place where a failure becomes a sentence and an action. The platform's own sentence wins. */
export function describe(error: unknown): Description {
  if (!(error instanceof Problem)) {
    return {
      title: i18n.t("errors.internal.title"),
      sentence: i18n.t("errors.internal.sentence"),
      remedy: "retry",
    };
  }
  const { code, status, detail } = error.details;
  const kind = kindOf(code, status);
  return {
    title: i18n.t(`errors.${kind}.title`),
    sentence: detail || i18n.t(`errors.${kind}.sentence`),
    remedy: code in REMEDIES ? (REMEDIES[code] ?? null) : "retry",
  };
}

function kindOf(code: string, status: number) {
  if (code === "network") return "network";
  if (status === 429 || status === 503) return "busy";
  if (status === 404) return "missing";
  return status >= 500 ? "internal" : "refused";
}
