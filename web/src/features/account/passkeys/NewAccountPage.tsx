import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { Button } from "~/ui/Button";
import { useNext, withNext } from "~/ui/comeBack";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { AlreadySignedIn } from "../AlreadySignedIn";
import { useSignedIn } from "../forms/useSignedIn";
import { AddPasskey } from "./AddPasskey";
import styles from "../account.module.css";

/** Makes an account of a guest by a passkey: no address, no password. */
export default function NewAccountPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  const signedIn = useSignedIn();
  const next = useNext();
  return (
    <Page title={t("newPasskey.title")} lead={t("newPasskey.lead")}>
      <Mui>
        {person?.kind === "account" ? (
          <AlreadySignedIn person={person} />
        ) : (
          <Section title={t("newPasskey.form")} note={t(person ? "register.guest" : "register.nobody")}>
            <AddPasskey
              submit={t("newPasskey.submit")}
              onAdded={() => {
                toast({ text: t("register.done") });
                signedIn(next ?? "/account/security");
              }}
            />
            <p className={styles.small}>{t("newPasskey.lost")}</p>
            <div className={styles.buttons}>
              <Button variant="text" to={withNext("/account/register", next)}>
                {t("newPasskey.byMail")}
              </Button>
              <Button variant="text" to={withNext("/account/sign-in", next)}>
                {t("register.signIn")}
              </Button>
            </div>
          </Section>
        )}
      </Mui>
    </Page>
  );
}
