import { createElement, lazy, useState, type ComponentType } from "react";
import { matchPath } from "react-router";
import { Problem } from "~/api/problem";
import { loadCatalogues, type CatalogueFiles, type Namespace } from "~/i18n";
import type { IconName } from "~/icons/Icon";
import type { Language } from "~/preferences/store";
import type { Finder } from "./found";
import { reloadOnce } from "./reloadOnce";

/** A part of the product: a folder of its own and one line in features/index.ts. */
export type Feature = Readonly<{
  /** That of its folder. */
  name: string;
  /** Its entry in the navigation. Left out where only other features lead to its pages. */
  navigation?: NavigationEntry;
  pages: readonly Page[];
  /** Addresses that earlier versions had, and where their pages are now. */
  movedPages?: Readonly<Record<string, string>>;
  /** What it finds for the page where somebody searches by words. */
  finder?: Finder;
  /** Its texts, by namespace. */
  catalogues: Readonly<Partial<Record<Namespace, CatalogueFiles>>>;
  /** What it does in the background from the start of the app on. */
  start?: () => void;
}>;

export type NavigationEntry = Readonly<{
  /** What the shell calls it. Not part of its texts, which are fetched with its pages. */
  label: Readonly<Record<Language, string>>;
  icon: IconName;
  path: string;
  /** `main` is what people come for; `aside` stands apart on a wide screen. */
  place: "main" | "aside";
  /** A number beside its icon, shown above 0, with what it counts for those who listen: `{{count}}` in `label` is replaced. */
  badge?: Readonly<{
    count: () => number;
    subscribe: (listener: () => void) => () => void;
    label: Readonly<Record<Language, string>>;
  }>;
}>;

export type Page = Readonly<{
  /** Pattern of React Router: `/answers/:jobId`. */
  path: string;
  Component: ComponentType;
  /** Fetches it before somebody goes there; resolves even if that fails. */
  preload: () => Promise<void>;
}>;

/** A page that is fetched, with the catalogues whose texts it shows, when somebody goes there. */
export function page(
  path: string,
  namespaces: readonly Namespace[],
  load: () => Promise<{ default: ComponentType }>,
): Page {
  let loaded: ComponentType | undefined;
  const fetchPage = async () => {
    const [module] = await Promise.all([load(), loadCatalogues(namespaces)]);
    loaded = module.default;
    return module;
  };
  const LazyPage = lazy(() =>
    fetchPage().catch((error: unknown) => {
      if (!isFetchError(error)) throw error;
      if (reloadOnce()) return never; // the skeleton is shown until the browser reloads
      throw Problem.network();
    }),
  );
  return {
    path,
    // A page that is loaded is drawn at once: even a promise that has resolved would show a skeleton first.
    Component: function Page() {
      const [Content] = useState(() => loaded ?? LazyPage);
      return createElement(Content);
    },
    // Only who really goes there is told of a failure: a reload now would take what somebody is typing.
    preload: () => fetchPage().then(nothing, nothing),
  };
}

/** Fetches the page at `pathname`, if one of the features has it. */
export async function preloadPage(features: readonly Feature[], pathname: string): Promise<void> {
  await features
    .flatMap(({ pages }) => pages)
    .find(({ path }) => matchPath(path, pathname))
    ?.preload();
}

/** A module that cannot be fetched is a TypeError; for a style sheet Vite throws an Error of its own. */
function isFetchError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    (error instanceof Error && error.message.startsWith("Unable to preload CSS"))
  );
}

const nothing = () => undefined;
const never = new Promise<never>(nothing);
