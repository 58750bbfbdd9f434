import type { ComponentType } from "react";
import type { Message } from "~/api/types";
import { BinBody } from "./BinBody";
import { FilesBody } from "./FilesBody";
import { PollBody } from "./PollBody";
import type { BodyProps } from "./props";
import { TextBody } from "./TextBody";
import { VerdictBody } from "./VerdictBody";

/** What a message shows, by its type. */
export const BODIES: Readonly<Record<Message["type"], ComponentType<BodyProps>>> = {
  text: TextBody,
  poll: PollBody,
  image: FilesBody,
  file: FilesBody,
  verdict: VerdictBody,
  bin: BinBody,
};
