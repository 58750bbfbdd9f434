import { useQuery } from "@tanstack/react-query";
import { api, data } from "~/api/client";

/** What the person can show beside the password. */
export function useFactors() {
  return useQuery({
    queryKey: ["account", "factors"],
    queryFn: () => data(api.GET("/api/v1/auth/factors")),
    staleTime: 0,
  });
}
