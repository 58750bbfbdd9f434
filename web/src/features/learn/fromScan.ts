import { api, data } from "~/api/client";
import type { Card } from "~/api/types";
import { learns } from "./badge/badge";
import { countDue } from "./badge/count";

/** Makes a card of an item of a scan; the same one when there is one. */
export async function makeCard(job_id: string, position: number): Promise<Card> {
  const card = await data(api.POST("/api/v1/learning/cards/from-scan", { body: { job_id, position } }));
  learns();
  countDue().catch(() => undefined); // the number comes with the next visit
  return card;
}
