import { useMemo } from "react";
import { toHtml, type Shown } from "./toHtml";
import styles from "./markdown.module.css";

type Props = Shown & Readonly<{ text: string }>;

/** What somebody wrote. */
export function Markdown({ text, pictures, noName, mentioned }: Props) {
  const __html = useMemo(
    () => toHtml(text, { pictures, noName, mentioned }),
    [text, pictures, noName, mentioned],
  );
  return <div className={styles.written} dangerouslySetInnerHTML={{ __html }} />;
}
