import type { Message, Room } from "~/api/types";
import type { Mentioned } from "~/ui/markdown/toHtml";

export type BodyProps = Readonly<{
  message: Message;
  /** The id of who reads. */
  me: string;
  room: Room;
  /** Whom the message mentions, of those whose names are known. */
  mentioned: readonly Mentioned[];
  /** Goes to the message of a number. */
  onShow: (seq: number) => void;
}>;
