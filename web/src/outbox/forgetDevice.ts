import { forgetSession } from "~/api/session";
import { removeStoredBins } from "./bins/store";

/** Forgets who is signed in here and what this device stores of them. The session itself ends by `/auth/logout`. */
export async function forgetDevice(): Promise<void> {
  const { removeAllPhotos } = await import("./photos/queue");
  await removeAllPhotos();
  await removeStoredBins();
  forgetSession();
}
