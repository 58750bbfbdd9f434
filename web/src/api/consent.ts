import { prefer } from "~/preferences/store";
import { api, data } from "./client";

/** Takes the consent to training back: the photos given are deleted, and no more are given. Throws a Problem. */
export async function takeBackConsent(): Promise<void> {
  await data(api.DELETE("/api/v1/waste/examples"));
  prefer({ teach: false });
}
