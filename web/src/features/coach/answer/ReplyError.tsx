import { describe } from "~/api/describe";
import { Icon } from "~/icons/Icon";
import styles from "./answer.module.css";

/** Why a reply was not taken, beside what was said. */
export function ReplyError({ error }: Readonly<{ error: unknown }>) {
  if (!error) return null;
  return (
    <p className={styles.refusal}>
      <Icon name="warning" size="1.25rem" />
      {describe(error).sentence}
    </p>
  );
}
