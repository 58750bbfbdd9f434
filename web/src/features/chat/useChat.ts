import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { takeReadNoticesAway } from "./notifications/shown";
import { showUnread } from "./store/badge";
import { listen } from "./store/live";

/** Has a page hear what is said, as long as it is shown. */
export function useChat(): void {
  const queries = useQueryClient();
  useEffect(() => {
    showUnread();
    takeReadNoticesAway();
    return listen(queries);
  }, [queries]);
}
