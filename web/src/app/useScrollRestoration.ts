import { useEffect, useRef } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

/** A new page begins at its top; going back finds the place where one was. A page that changes its query stays put. */
export function useScrollRestoration(): void {
  const { key, pathname } = useLocation();
  const kind = useNavigationType();
  const places = useRef(new Map<string, number>());
  const page = useRef(pathname);

  useEffect(() => {
    const kept = places.current;
    if (kind === NavigationType.Pop) window.scrollTo(0, kept.get(key) ?? 0);
    else if (page.current !== pathname) window.scrollTo(0, 0);
    page.current = pathname;
    const remember = () => kept.set(key, window.scrollY);
    window.addEventListener("scroll", remember, { passive: true });
    return () => {
      window.removeEventListener("scroll", remember);
    };
  }, [key, kind, pathname]);
}
