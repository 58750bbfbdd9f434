import { useQuery } from "@tanstack/react-query";
import { usePerson } from "~/api/usePerson";
import type { ReportCounts } from "~/api/types";
import { useRooms } from "../store/rooms";
import { countReports } from "./server";

const NONE: ReportCounts = { everywhere: null, rooms: {} };

/**
 * How many reports wait for the person. Only those are asked about who may look after something: accounts, which may have a
 * role, and moderators of rooms.
 */
export function useReportCounts(): ReportCounts {
  const person = usePerson();
  const moderates = [...useRooms().values()].some(({ role }) => role === "owner" || role === "moderator");
  const { data } = useQuery({
    queryKey: ["chat", "reportCounts", person?.id],
    queryFn: countReports,
    enabled: person !== null && (person.kind === "account" || moderates),
    staleTime: 30_000,
  });
  return data ?? NONE;
}
