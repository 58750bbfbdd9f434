import { useEffect, useRef } from "react";

/**
 * Keeps an element as high as what can be seen. Browsers that do not make the page smaller for a phone's keyboard
 * (`interactive-widget`) tell by `visualViewport` how much it leaves, and how far they have moved the page for it.
 */
export function useVisibleHeight() {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const fit = () => {
      // Who has zoomed in looks at a part on purpose.
      if (Math.abs(viewport.scale - 1) > 0.01) return;
      element.current?.style.setProperty("--visible-height", `${viewport.height}px`);
      element.current?.style.setProperty("--visible-top", `${viewport.offsetTop}px`);
    };
    fit();
    viewport.addEventListener("resize", fit);
    viewport.addEventListener("scroll", fit);
    return () => {
      viewport.removeEventListener("resize", fit);
      viewport.removeEventListener("scroll", fit);
    };
  }, []);
  return element;
}
