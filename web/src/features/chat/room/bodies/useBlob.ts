import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type RefObject } from "react";
import { fetchFile } from "../../store/files";

/** How far before it comes into view a picture is fetched. */
const AHEAD = "600px";

/** A file's bytes, once they are here. They are fetched with the token, which no `img` would send. */
export function useBlob(id: string, what: "whole" | "thumbnail", isWanted: boolean) {
  return useQuery({
    queryKey: ["chat", "file", id, what],
    queryFn: ({ signal }) => fetchFile(id, what, signal),
    enabled: isWanted,
    staleTime: Infinity,
  });
}

/** Whether an element has been near what can be seen. */
export function useNear<T extends Element>(): readonly [RefObject<T | null>, boolean] {
  const element = useRef<T>(null);
  const [near, setNear] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (near || !element.current) return;
    const watching = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: AHEAD },
    );
    watching.observe(element.current);
    return () => {
      watching.disconnect();
    };
  }, [near]);
  return [element, near];
}
