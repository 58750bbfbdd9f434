import { useTranslation } from "react-i18next";
import { Page } from "~/ui/Page";
import { Colours } from "./Colours";
import { Decides } from "./Decides";
import { Figures } from "./Figures";
import { Keeps } from "./Keeps";
import { More } from "./More";
import styles from "./about.module.css";

/** How bunri decides, what it keeps, how well it sees. */
export default function AboutPage() {
  const { t } = useTranslation("about");
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Decides />
      <Keeps />
      <Figures />
      <Colours />
      <More />
      <p className={styles.licence}>{t("licence")}</p>
    </Page>
  );
}
