import { api, data } from "~/api/client";
import { signedIn } from "~/api/session";
import { showDue } from "./badge";

/** Asks the server how many cards are due. */
export async function countDue(): Promise<void> {
  if (!signedIn() || !navigator.onLine) return;
  const { counts } = await data(api.GET("/api/v1/learning/due", { params: { query: { limit: 1 } } }));
  showDue(counts.new + counts.learning + counts.review);
}
