/** Chat's part of the tab's socket: what is heard is handed to the stores, and after every connection what was missed. */
import type { QueryClient } from "@tanstack/react-query";
import { Problem } from "~/api/problem";
import { person } from "~/api/session";
import type { LastMessage, Message, RoomMember } from "~/api/types";
import { onDelivered } from "~/outbox/messages/delivery";
import { resumeOnline } from "~/outbox/messages/queue";
import { flushReads } from "~/outbox/messages/reads";
import { sendBy } from "~/outbox/messages/transport";
import { tabConnection, type Subscription } from "~/realtime/socket";
import { tellOfMention } from "./aloud";
import "./keepCopies"; // keeps what is read here from now on
import * as conversations from "./conversation";
import * as presence from "./presence";
import * as rooms from "./rooms";
import { lastSeq } from "./timeline";
import { makeValue, useValue } from "./value";

/** The server takes so many rooms at once. */
const MOST_RESUMED = 200;

const connected = makeValue(false);
let subscription: Subscription | null = null;
let users = 0;
/** Rooms that this socket hears of. */
const followed = new Set<string>();
let client: QueryClient | null = null;

onDelivered(conversations.said);

/** Whether what is said arrives at once. */
export function useConnected(): boolean {
  return useValue(connected);
}

/** Opens the socket for a page of chat; gives what ends that. */
export function listen(queries: QueryClient): () => void {
  client = queries;
  users += 1;
  if (users === 1) start();
  return () => {
    users -= 1;
    if (users === 0) stop();
  };
}

function start(): void {
  const own = tabConnection.subscribe({
    onConnect: () => void arrive(),
    onDisconnect() {
      connected.set(false);
      followed.clear();
    },
  });
  subscription = own;
  for (const [event, listener] of Object.entries(LISTENERS))
    own.on(event, listener as (document: unknown) => void);
  sendBy({
    post: async (room, message) => (await ask("sendMessage", { room, ...message })) as Message,
    read: async ({ room: roomId, seq, unread }) =>
      ((await ask("markAsRead", { roomId, seq, unread })) as { readSeq: number }).readSeq,
  });
  if (own.isConnected()) void arrive();
}

function stop(): void {
  sendBy(null);
  subscription?.end();
  subscription = null;
  followed.clear();
  connected.set(false);
}

/** What an event came to. Throws a Problem: `network` where nobody knows, else with the code of the refusal. */
export async function ask(event: string, document: unknown): Promise<unknown> {
  if (!subscription) throw Problem.network();
  const answer = (await subscription.ask(event, document)) as
    { status: "success"; data: unknown } | { status: "error"; code: string; message: string };
  if (answer.status === "success") return answer.data;
  throw new Problem({ status: 0, code: answer.code, detail: answer.message });
}

/** The socket is connected, maybe again: first what was read meanwhile is told, then what was missed is asked for. */
async function arrive(): Promise<void> {
  connected.set(true);
  await flushReads();
  followed.clear();
  await follow([...conversations.openConversations(), ...rooms.allRooms().map(({ _id }) => _id)]);
  void client?.invalidateQueries({ queryKey: ["chat"] }); // numbers of rooms, and who is in them
  void resumeOnline();
}

/** Has the socket hear of rooms that the person is in, and says from where on. */
export async function follow(ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)]
    .filter((id) => !followed.has(id) && rooms.roomOf(id)?.role)
    .slice(0, MOST_RESUMED);
  if (!subscription?.isConnected() || wanted.length === 0) return;
  for (const id of wanted) followed.add(id);
  const known = Object.fromEntries(wanted.map((id) => [id, seenOf(id)]));
  try {
    const { refused } = (await ask("resume", { rooms: known })) as { refused: string[] };
    for (const id of refused) rooms.forgetRoom(id);
    for (const id of wanted) conversations.resumed(id);
  } catch {
    for (const id of wanted) followed.delete(id); // asked again after the next connection
  }
}

/** Up to where this tab knows a room. Of one that was not opened the list's number is enough. */
function seenOf(id: string): object {
  const here = conversations.conversationOf(id);
  const seq = rooms.roomOf(id)?.lastSeq ?? 0;
  if (here?.phase !== "ready") return { seq };
  return { seq: here.hasNewer ? seq : lastSeq(here), rev: here.rev };
}

type OfRoom = Readonly<{ roomId: string }>;
type OfPerson = OfRoom & Readonly<{ userId: string; username: string }>;

const LISTENERS = {
  newMessage: (message: Message) => {
    conversations.said(message);
    tellOfMention(message);
    presence.writes(message.room, message.sender, message.senderUsername, false);
  },
  messageUpdated: conversations.changed,
  messageDeleted({ roomId, messageId, rev, newLastMessage }: OfRoom & Deleted) {
    conversations.removed(roomId, messageId, rev);
    rooms.change(roomId, { lastMessage: newLastMessage });
  },
  roomUpdated({ roomId, lastMessage }: OfRoom & { lastMessage: LastMessage | null }) {
    if (lastMessage) rooms.heard(roomId, lastMessage.seq, 0, lastMessage);
    else rooms.change(roomId, { lastMessage });
  },
  messagesRead({ roomId, userId, seq }: OfPerson & { seq: number }) {
    if (userId === person()?.id) rooms.change(roomId, { readSeq: seq, readAt: rooms.now() });
  },
  userTyping({ roomId, userId, username, isTyping }: OfPerson & { isTyping: boolean }) {
    if (userId !== person()?.id) presence.writes(roomId, userId, username, isTyping);
  },
  userJoinedRoom({ roomId, userId, username }: OfPerson) {
    presence.came(roomId, userId, username);
    const queryKey = ["chat", "members", roomId];
    const members = client?.getQueryData<readonly RoomMember[]>(queryKey);
    if (members?.every((member) => member.userId !== userId)) void client?.invalidateQueries({ queryKey });
  },
  userLeftRoom({ roomId, userId }: OfPerson) {
    presence.went(roomId, userId);
  },
  removedFromRoom({ roomId }: OfRoom) {
    followed.delete(roomId);
    rooms.forgetRoom(roomId);
    void client?.invalidateQueries({ queryKey: ["chat"] });
  },
  messagesForgotten({ roomId, firstSeq }: OfRoom & { firstSeq: number }) {
    conversations.forgotten(roomId, firstSeq);
  },
  resync({ roomId }: OfRoom) {
    if (conversations.conversationOf(roomId)) void conversations.read(roomId, null);
    void client?.invalidateQueries({ queryKey: ["chat", "rooms"] });
  },
};

type Deleted = Readonly<{ messageId: string; rev: number; newLastMessage: LastMessage | null }>;

/** Tells the others of a room that the person is writing, or has stopped. Who does not hear of it misses nothing. */
export function tellTyping(roomId: string, isTyping: boolean): void {
  if (subscription?.isConnected()) void ask("typing", { roomId, isTyping }).catch(() => undefined);
}
