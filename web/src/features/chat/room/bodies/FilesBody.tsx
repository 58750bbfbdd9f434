import { Markdown } from "~/ui/markdown/Markdown";
import { Files } from "./Files";
import type { BodyProps } from "./props";

/** Words, if any, with files below them. */
export function FilesBody({ message, mentioned }: BodyProps) {
  return (
    <>
      {message.content && <Markdown text={message.content} mentioned={mentioned} />}
      <Files files={message.files} />
    </>
  );
}
