import type { Message } from "~/api/types";

/** What the field of a room is for now. */
export type Writing =
  | Readonly<{ kind: "new" }>
  | Readonly<{ kind: "reply"; message: Message }>
  | Readonly<{ kind: "edit"; message: Message }>;
