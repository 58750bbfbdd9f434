import type { QueryClient } from "@tanstack/react-query";
import { api, data } from "~/api/client";
import { removeJob } from "~/api/removeJob";
import { person, signedIn } from "~/api/session";
import { forgetDevice } from "~/outbox/forgetDevice";
import { prefer } from "~/preferences/store";

/**
 * Forgets the person: what the platform has of them, if `everywhere`, and then this device. The platform comes first,
 * since nobody can ask it any more once the session is over; where it cannot be reached nothing is forgotten.
 */
export async function forgetPerson(client: QueryClient, everywhere: boolean): Promise<void> {
  if (everywhere && signedIn()) {
    await data(api.DELETE("/api/v1/waste/examples"));
    await removeAnswers();
    // A guest is erased with their profile; an account stays until its owner leaves (/account/leave).
    if (person()?.kind === "account") await data(api.POST("/api/v1/auth/logout"));
    else await data(api.DELETE("/api/v1/users/me"));
  }
  await forgetDevice();
  client.clear();
  prefer({ language: null, theme: null, contrast: null, region: null, name: null, teach: null });
}

/** Those that still run are stopped in one round and removed in the next. */
async function removeAnswers(): Promise<void> {
  for (;;) {
    const jobs = await data(api.GET("/api/v1/waste/jobs", { params: { query: { limit: 100 } } }));
    if (jobs.length === 0) return;
    for (const { job_id: jobId } of jobs) await removeJob(jobId);
  }
}
