import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { NothingKept } from "../NothingKept";
import { Archive } from "./Archive";
import styles from "./export.module.css";

const PARTS = ["account", "profile", "analyses", "bins", "chat"] as const;

/** Everything that is kept of a guest or an account, as one file. */
export default function ExportPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  return (
    <Page title={t("export.title")} lead={t("export.lead")}>
      {person ? (
        <>
          <Archive />
          <Section title={t("export.inside")} note={t("export.insideNote")}>
            <ul className={styles.parts}>
              {PARTS.map((part) => (
                <li key={part}>{t(`export.part.${part}`)}</li>
              ))}
            </ul>
          </Section>
        </>
      ) : (
        <NothingKept />
      )}
    </Page>
  );
}
