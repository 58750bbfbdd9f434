import { useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";

/**
 * The secret after the `#` of a link, "" for none. It leaves the address bar at once, so that it stands in no history and
 * on no screenshot; no server has seen it.
 */
export function useFragment(): string {
  const { hash, pathname, search } = useLocation();
  const navigate = useNavigate();
  const [secret, setSecret] = useState(hash.slice(1));
  if (hash && hash.slice(1) !== secret) setSecret(hash.slice(1)); // another link, opened in the same tab
  useEffect(() => {
    if (hash) void navigate({ pathname, search }, { replace: true });
  }, [hash, navigate, pathname, search]);
  return secret;
}
