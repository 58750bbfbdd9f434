import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Button } from "~/ui/Button";
import { useHere, withNext } from "~/ui/comeBack";
import { Section } from "~/ui/Section";
import styles from "./settings.module.css";

/** Leads to the account, or to how to get one and back. */
export function Account() {
  const { t } = useTranslation("settings");
  const person = usePerson();
  const here = useHere();
  if (person?.kind === "account")
    return (
      <Section title={t("account.title")} note={t("account.account", { name: person.name })}>
        <div className={styles.buttons}>
          <Button variant="outlined" to="/account">
            {t("account.open")}
          </Button>
        </div>
      </Section>
    );
  return (
    <Section title={t("account.title")} note={t("account.guest")}>
      <div className={styles.buttons}>
        <Button variant="outlined" to={withNext("/account/sign-in", here)}>
          {t("account.signIn")}
        </Button>
        <Button variant="outlined" to={withNext("/account/register", here)}>
          {t("account.register")}
        </Button>
      </div>
    </Section>
  );
}
