import { Markdown } from "~/ui/markdown/Markdown";
import type { BodyProps } from "./props";

export function TextBody({ message, mentioned }: BodyProps) {
  return <Markdown text={message.content} mentioned={mentioned} />;
}
