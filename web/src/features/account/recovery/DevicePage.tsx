import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { usePerson } from "~/api/usePerson";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { AlreadySignedIn } from "../AlreadySignedIn";
import { QrCode } from "./QrCode";
import styles from "../account.module.css";

/** A guest's way to another device: twelve words, or a picture of them. */
export default function DevicePage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  return (
    <Page title={t("device.title")} lead={t("device.lead")}>
      {person?.kind === "account" ? <AlreadySignedIn person={person} /> : <Code />}
    </Page>
  );
}

function Code() {
  const { t } = useTranslation("account");
  const make = useMutation({ mutationFn: () => data(api.POST("/api/v1/auth/recovery-code")) });
  const code = make.data;
  return (
    <Section title={t("device.form")} note={t("device.note")}>
      {make.isError && <ErrorMessage error={make.error} />}
      {code && (
        <div className={styles.form} role="group" aria-label={t("device.code")}>
          <ol className={styles.words}>
            {code.words.split(/\s+/).map((word, index) => (
              <li key={index}>{word}</li>
            ))}
          </ol>
          <QrCode text={`${window.location.origin}/account/recover#${code.text}`} label={t("device.qr")} />
          <p>{t("device.how")}</p>
          <p className={styles.small}>{t("device.once")}</p>
        </div>
      )}
      <div className={styles.buttons}>
        <Button
          variant={code ? "outlined" : "contained"}
          large={!code}
          busy={make.isPending}
          onClick={() => make.mutate()}
        >
          {t(code ? "device.again" : "device.make")}
        </Button>
      </div>
    </Section>
  );
}
