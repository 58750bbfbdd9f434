import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { NoOrYes } from "~/ui/NoOrYes";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { useConfirmation } from "~/ui/useConfirmation";
import { forgetPerson } from "./forget";
import styles from "./settings.module.css";

/** Forgets the person on this device and on the platform, after asking once more. */
export function SignOut() {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const { teach } = usePreferences();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const forget = useMutation({
    mutationFn: (everywhere: boolean) => forgetPerson(client, everywhere),
    onSuccess: () => {
      setAsking(false);
      toast({ text: t("signOut.done") });
    },
  });

  return (
    <Section title={t("signOut.title")} note={t("signOut.note")}>
      {asking ? (
        <div role="group" aria-label={t("signOut.sure")} ref={question} tabIndex={-1}>
          {forget.isError && <ErrorMessage error={forget.error} />}
          <p>{t(forget.isError ? "signOut.nothing" : "signOut.sure")}</p>
          <div className={styles.buttons}>
            <NoOrYes
              no={t("signOut.no")}
              yes={t(forget.isError ? "signOut.again" : "signOut.yes")}
              busy={forget.isPending}
              onNo={() => {
                setAsking(false);
                forget.reset();
              }}
              onYes={() => {
                forget.mutate(true);
              }}
            />
          </div>
          {/* A consent could never be taken back after this; answers go by themselves. */}
          {forget.isError && !teach && (
            <div className={styles.other}>
              <p className={styles.small}>{t("signOut.hereNote")}</p>
              <Button
                variant="outlined"
                tone="bad"
                onClick={() => {
                  forget.mutate(false);
                }}
              >
                {t("signOut.here")}
              </Button>
            </div>
          )}
        </div>
      ) : (
        <div>
          <Button
            ref={trigger}
            variant="outlined"
            tone="bad"
            onClick={() => {
              setAsking(true);
            }}
          >
            {t("signOut.button")}
          </Button>
        </div>
      )}
    </Section>
  );
}
