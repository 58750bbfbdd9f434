import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

/** What follows when somebody has signed in: the account's page, and nothing that was known of somebody else. */
export function useSignedIn(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return () => {
    void client.invalidateQueries();
    void navigate("/account", { replace: true });
  };
}
