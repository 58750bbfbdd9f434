import { useEffect, useRef } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

/** Scrolls a new page to its top, and one that is returned to, to where it was left. A change of the query does not scroll. */
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
