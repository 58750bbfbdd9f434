import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { Person } from "~/api/types";
import { Mui } from "~/design/Mui";
import { forgetDevice } from "~/outbox/forgetDevice";
import { adopt } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { NoOrYes } from "~/ui/NoOrYes";
import { Section } from "~/ui/Section";
import { useConfirmation } from "~/ui/useConfirmation";
import { useReauthentication } from "../security/useReauthentication";
import { useGoOn } from "../signIn/wanted";
import type { Left } from "./Farewell";
import styles from "./leaving.module.css";

const GOES = ["account", "answers", "training", "device"] as const;

type Props = Readonly<{ kind: Person["kind"]; onLeft: (left: Left) => void }>;

/** What goes and when, the offer to take it along, and two presses to do it. */
export function Leave({ kind, onLeft }: Props) {
  const { t } = useTranslation("account");
  return (
    <>
      <Section title={t("leave.goes")} note={t(kind === "guest" ? "leave.atOnce" : "leave.later")}>
        <ul className={styles.list}>
          {GOES.map((part) => (
            <li key={part}>{t(`leave.part.${part}`)}</li>
          ))}
        </ul>
      </Section>
      <Section title={t("leave.takeAlong")} note={t("leave.takeAlongNote")}>
        <div>
          <Button variant="outlined" to="/account/export">
            {t("export.title")}
          </Button>
        </div>
      </Section>
      <Decide kind={kind} onLeft={onLeft} />
    </>
  );
}

function Decide({ kind, onLeft }: Props) {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const { asking, setAsking, question, trigger } = useConfirmation();
  const { reauthenticated, dialog } = useReauthentication("leave");
  const leave = useMutation({
    mutationFn: async () => {
      const done = await reauthenticated(() => data(api.DELETE("/api/v1/users/me")));
      if (!done) return;
      await forgetDevice();
      adopt({ region: null, name: null, teach: null });
      client.clear();
      onLeft({ kind, erasedAt: done.erased_at });
    },
  });
  useGoOn("leave", () => {
    setAsking(true); // the last word is pressed here
  });
  const sure = t(kind === "guest" ? "leave.sureGuest" : "leave.sureAccount");
  return (
    <Section title={t(kind === "guest" ? "leave.decideGuest" : "leave.decideAccount")}>
      {asking ? (
        <div role="group" aria-label={sure} ref={question} tabIndex={-1} className={styles.stack}>
          {leave.isError && <ErrorMessage error={leave.error} />}
          <p>{sure}</p>
          <div className={styles.buttons}>
            <NoOrYes
              no={t("leave.no")}
              yes={t("leave.yes")}
              busy={leave.isPending}
              onNo={() => {
                setAsking(false);
                leave.reset();
              }}
              onYes={() => leave.mutate()}
            />
          </div>
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
            {t(kind === "guest" ? "leave.buttonGuest" : "leave.buttonAccount")}
          </Button>
        </div>
      )}
      <Mui>{dialog}</Mui>
    </Section>
  );
}
