import type { Message, Room, RoomMember } from "~/api/types";

export type MessageProps = Readonly<{
  message: Message;
  /** The person before said something just now: no name is needed. */
  continues: boolean;
  isMine: boolean;
  /** The id of who reads. */
  me: string;
  room: Room;
  members: readonly RoomMember[];
  /** What it answers, where that is on the page. */
  repliedTo: Message | null;
  onShow: (seq: number) => void;
  onReply: (message: Message) => void;
  onEdit: (message: Message) => void;
}>;
