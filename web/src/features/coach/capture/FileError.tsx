import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { Icon } from "~/icons/Icon";
import { announce } from "~/ui/announce";
import styles from "./Capture.module.css";

const OURS = ["photo_unreadable", "photo_broken", "photo_too_big", "photo_keeps_place"] as const;

/** Why a file was not taken, beside the button that takes another. */
export function FileError({ error }: Readonly<{ error: unknown }>) {
  const { t } = useTranslation("coach");
  const ours = error instanceof Problem ? OURS.find((code) => code === error.code) : undefined;
  const told = ours
    ? { title: t(`errors.${ours}.title`), sentence: t(`errors.${ours}.sentence`) }
    : error
      ? describe(error)
      : null;
  const spoken = told && `${told.title} ${told.sentence}`;
  useEffect(() => {
    if (spoken) announce(spoken, "assertive");
  }, [spoken, error]);
  if (!told) return null;
  return (
    <div className={styles.error}>
      <Icon name="warning" size="1.5rem" />
      <div>
        <p className={styles.strong}>{told.title}</p>
        <p>{told.sentence}</p>
      </div>
    </div>
  );
}
