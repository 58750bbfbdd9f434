import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { changeProfile, readProfile, takeOver } from "~/api/profile";
import type { Profile } from "~/api/types";

const KEY = ["profile"];

/** What the person has said of themselves. This device takes it over with each answer. */
export function useProfile() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => {
      const profile = await readProfile();
      takeOver(profile);
      return profile;
    },
    staleTime: 0,
  });
}

/** Keeps the profile that an operation answers with. */
export function useKeepProfile(): (profile: Profile) => void {
  const client = useQueryClient();
  return (profile) => {
    client.setQueryData(KEY, profile);
  };
}

/** Changes a part of the profile; each part of the page has one of its own, and its own failure. */
export function useChange() {
  const keep = useKeepProfile();
  return useMutation({ mutationFn: changeProfile, onSuccess: keep });
}
