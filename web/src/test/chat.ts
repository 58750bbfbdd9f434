import type { LastMessage, Message, Room } from "~/api/types";

/** A message as the server tells it. */
export function aMessage(seq: number, more: Partial<Message> = {}): Message {
  return {
    _id: `message-${seq}`,
    room: "room-1",
    seq,
    rev: seq,
    clientId: null,
    content: `${seq}`,
    type: "text",
    sender: "guest_2",
    senderUsername: "Junho",
    senderHash: "9ebf",
    createdAt: new Date(Date.UTC(2026, 10, 30, 7, 0, seq)).toISOString(),
    editedAt: null,
    deleted: false,
    reported: false,
    replyTo: null,
    mentions: [],
    reactions: {},
    poll: null,
    bin: null,
    readBy: [],
    files: [],
    verdict: null,
    ...more,
  };
}

export function aRoom(more: Partial<Room> = {}): Room {
  return {
    _id: "room-1",
    name: "Bottles",
    kind: "public",
    area: null,
    lastMessage: null,
    createdAt: "2026-11-30T07:00:00Z",
    updatedAt: "2026-11-30T07:00:00Z",
    closedAt: null,
    firstSeq: 1,
    lastSeq: 0,
    lastRev: 0,
    keepDays: null,
    role: "member",
    readSeq: 0,
    unread: 0,
    notify: true,
    online: 0,
    slowSeconds: 0,
    quietFrom: null,
    quietUntil: null,
    ...more,
  };
}

export function aLastMessage(seq: number, sender = "guest_2"): LastMessage {
  const { _id, content, type, senderUsername, createdAt } = aMessage(seq);
  return { _id, seq, content, type, sender, senderUsername, createdAt };
}
