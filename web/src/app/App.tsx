import { Suspense } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import type { Feature } from "~/features/feature";
import { PageSkeleton } from "~/ui/Loading";
import { ErrorBoundary } from "./ErrorBoundary";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";
import { useScrollRestoration } from "./useScrollRestoration";

type Props = Readonly<{ features: readonly Feature[] }>;

/** The shell around every page of every feature. A page that fails leaves the shell standing. */
export function App({ features }: Props) {
  const { pathname } = useLocation();
  useScrollRestoration();
  return (
    <Shell features={features}>
      {/* A new page is a new boundary: its skeleton shows at once instead of the page before. */}
      <ErrorBoundary key={pathname}>
        <Suspense fallback={<PageSkeleton />}>
          <Routes>
            {features.flatMap(({ pages }) =>
              pages.map(({ path, Component }) => <Route key={path} path={path} element={<Component />} />),
            )}
            {features.flatMap(({ movedPages = {} }) =>
              Object.entries(movedPages).map(([from, to]) => (
                <Route key={from} path={from} element={<Redirect to={to} />} />
              )),
            )}
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </ErrorBoundary>
    </Shell>
  );
}

/** Redirects, keeping the query and the hash of the address. */
function Redirect({ to }: Readonly<{ to: string }>) {
  const { search, hash } = useLocation();
  return <Navigate to={{ pathname: to, search, hash }} replace />;
}
