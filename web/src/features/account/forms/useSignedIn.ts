import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { isBeingMoved } from "~/api/session";
import { useNext } from "~/ui/comeBack";

const MOVED_MS = 3_000;

/** What follows when somebody has signed in: the page they left for it, and nothing that was known of somebody else. */
export function useSignedIn(): (next?: string | null) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const asked = useNext();
  return (next = asked) => {
    void client.invalidateQueries();
    // What a guest had comes along a moment later.
    if (isBeingMoved()) setTimeout(() => void client.invalidateQueries(), MOVED_MS);
    void navigate(next ?? "/account", { replace: true });
  };
}
