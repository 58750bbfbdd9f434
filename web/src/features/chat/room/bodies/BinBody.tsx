import { useTranslation } from "react-i18next";
import { Icon } from "~/icons/Icon";
import type { BodyProps } from "./props";
import styles from "./verdict.module.css";
import { sharesOf, Votes } from "./Votes";

/** What somebody found of a bin. Whoever agrees or does not votes on the bin, too. */
export function BinBody({ message, me, room }: BodyProps) {
  const { t } = useTranslation("chat");
  return (
    <>
      <p className={styles.line}>
        <Icon name="pin" size="1.25rem" />
        <span>{message.content}</span>
      </p>
      {message.bin?.address && <p className={styles.by}>{message.bin.address}</p>}
      <Votes
        message={message}
        me={me}
        shares={sharesOf(message)}
        disabled={room.closedAt !== null}
        label={t("bin.agree")}
      />
    </>
  );
}
