import { createElement, lazy, useState, type ComponentType } from "react";
import { matchPath } from "react-router";
import { Problem } from "~/api/problem";
import { catalogued, type Namespace } from "~/i18n";
import type { IconName } from "~/icons/Icon";
import { renew } from "./renew";

/** A part of the product with a place in the navigation: a folder of its own and one line in features/index.ts. */
export type Feature = Readonly<{
  /** Key of its name in shell.json, below `features`. */
  name: "about" | "bins" | "coach" | "settings";
  icon: IconName;
  /** Where the navigation leads. */
  path: string;
  /** `main` is always at hand; `aside` stands apart on a wide screen. */
  place: "main" | "aside";
  pages: readonly Page[];
}>;

export type Page = Readonly<{
  /** Pattern of React Router: `/history/:id`. */
  path: string;
  Component: ComponentType;
  /** Fetches it before somebody goes there; resolves even if that fails. */
  prepare: () => Promise<void>;
}>;

/** A page that is fetched, with the catalogues it speaks from, when somebody goes there. */
export function page(
  path: string,
  namespaces: readonly Namespace[],
  load: () => Promise<{ default: ComponentType }>,
): Page {
  let here: ComponentType | undefined;
  const fetched = async () => {
    const [module] = await Promise.all([load(), catalogued(namespaces)]);
    here = module.default;
    return module;
  };
  const Fetched = lazy(() =>
    fetched().catch((error: unknown) => {
      if (!isUnfetched(error)) throw error;
      if (renew()) return forever; // what stands meanwhile is the skeleton
      throw Problem.silence();
    }),
  );
  return {
    path,
    // What is here is drawn at once: even a promise that has resolved would show a skeleton first.
    Component: function Page() {
      const [Content] = useState(() => here ?? Fetched);
      return createElement(Content);
    },
    // Whoever really goes there meets the failure. A preparation that fails is nobody's business: a reload would take
    // what somebody is typing.
    prepare: () => fetched().then(nothing, nothing),
  };
}

/** Fetches the page at `pathname`, if there is one. */
export async function prepared(features: readonly Feature[], pathname: string): Promise<void> {
  await features
    .flatMap((feature) => feature.pages)
    .find(({ path }) => matchPath(path, pathname))
    ?.prepare();
}

/** A module that cannot be fetched is a TypeError; a style sheet, what Vite makes of it. */
function isUnfetched(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    (error instanceof Error && error.message.startsWith("Unable to preload CSS"))
  );
}

const nothing = () => undefined;
const forever = new Promise<never>(nothing);
