import { useQuery } from "@tanstack/react-query";
import { readProfile } from "~/api/profile";

/** What the platform knows of who is signed in: whether there is a password, an address, a role. */
export function useProfile() {
  return useQuery({ queryKey: ["account", "profile"], queryFn: readProfile, staleTime: 0 });
}
