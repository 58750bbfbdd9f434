import { useQuery } from "@tanstack/react-query";
import { api, data } from "~/api/client";

/** The accounts elsewhere by which the person signs in. */
export function useIdentities() {
  return useQuery({
    queryKey: ["account", "identities"],
    queryFn: () => data(api.GET("/api/v1/auth/identities")),
    staleTime: 0,
  });
}
