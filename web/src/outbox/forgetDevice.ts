import { forgetSession } from "~/api/session";
import { removeStoredBins } from "./bins/store";

/** Forgets who is signed in here and what this device stores of them. The session itself ends by `/auth/logout`. */
export async function forgetDevice(): Promise<void> {
  const { removeAllPhotos } = await import("./photos/queue");
  await removeAllPhotos();
  const { removeAllMessages } = await import("./messages/queue");
  await removeAllMessages();
  const { removeAllReviews } = await import("./reviews/queue");
  await removeAllReviews();
  const { removeRoomCopies } = await import("./rooms/store");
  await removeRoomCopies();
  const { removeAllFiles } = await import("./files/store");
  await removeAllFiles();
  await removeStoredBins();
  forgetSession();
}
