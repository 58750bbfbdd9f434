import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { leave } from "~/api/session";
import { prefer } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import styles from "./settings.module.css";

/** Forgets the person on this device, after asking once more. */
export function Leave() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const question = useRef<HTMLDivElement>(null);

  // The button that asked is gone: the focus goes to what stands in its place.
  useEffect(() => {
    if (asking) question.current?.focus();
  }, [asking]);

  const forget = () => {
    leave();
    client.clear();
    void import("~/areas/coach/queue/queue").then(({ forgetAll }) => forgetAll());
    prefer({ language: null, theme: null, contrast: null, region: null, name: null, teach: null });
    setAsking(false);
    toast({ text: t("leave.done") });
  };

  return (
    <Section title={t("leave.title")} note={t("leave.note")}>
      {asking ? (
        <div role="group" aria-label={t("leave.sure")} ref={question} tabIndex={-1}>
          <p>{t("leave.sure")}</p>
          <div className={styles.buttons}>
            <Button
              variant="outlined"
              tone="inherit"

              onClick={() => {
                setAsking(false);
              }}
            >
              {t("leave.no")}
            </Button>
            <Button variant="contained" tone="bad" onClick={forget}>
              {t("leave.yes")}
            </Button>
          </div>
        </div>
      ) : (
        <div>
          <Button
            variant="outlined"
            tone="bad"
            onClick={() => {
              setAsking(true);
            }}
          >
            {t("leave.button")}
          </Button>
        </div>
      )}
    </Section>
  );
}
