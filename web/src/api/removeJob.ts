import { api, data } from "./client";
import { Problem } from "./problem";

/** Removes an analysis with its picture; one that still runs is only stopped. A job that is already gone is no failure. */
export async function removeJob(jobId: string): Promise<void> {
  try {
    await data(api.DELETE("/api/v1/waste/jobs/{job_id}", { params: { path: { job_id: jobId } } }));
  } catch (error) {
    if (!(error instanceof Problem && error.code === "job_missing")) throw error;
  }
}
