import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useNext } from "~/ui/comeBack";

/** What follows when somebody has signed in: the page they left for it, and nothing that was known of somebody else. */
export function useSignedIn(): (next?: string | null) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const asked = useNext();
  return (next = asked) => {
    void client.invalidateQueries();
    void navigate(next ?? "/account", { replace: true });
  };
}
