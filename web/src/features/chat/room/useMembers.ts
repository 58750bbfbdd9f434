import { useQuery } from "@tanstack/react-query";
import type { RoomMember } from "~/api/types";
import { areHere } from "../store/presence";
import { listMembers } from "../store/server";

const NOBODY: readonly RoomMember[] = [];

/** The people of a room, the first two hundred; asked anew after every connection, since those who came meanwhile said so to nobody. */
export function useMembers(id: string): readonly RoomMember[] {
  const query = useQuery({
    queryKey: ["chat", "members", id],
    queryFn: async () => {
      const { items } = await listMembers(id);
      areHere(
        id,
        items.filter(({ online }) => online).map(({ userId, username }) => [userId, username] as const),
      );
      return items;
    },
    staleTime: 0,
  });
  return query.data ?? NOBODY;
}
