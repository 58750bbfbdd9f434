import { Suspense } from "react";
import { Route, Routes, useLocation } from "react-router";
import { features } from "~/features";
import { PageSkeleton } from "~/ui/Loading";
import { Boundary } from "./Boundary";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";
import { useScrollMemory } from "./useScrollMemory";

/** The shell around every page of every feature. A page that breaks leaves the shell standing. */
export function App() {
  const { pathname } = useLocation();
  useScrollMemory();
  return (
    <Shell>
      {/* A new page is a new boundary: its skeleton shows at once instead of the page before. */}
      <Boundary key={pathname}>
        <Suspense fallback={<PageSkeleton />}>
          <Routes>
            {features.flatMap((feature) =>
              feature.pages.map(({ path, Component }) => (
                <Route key={path} path={path} element={<Component />} />
              )),
            )}
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </Boundary>
    </Shell>
  );
}
