import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { searchFor, WordSearch } from "~/features/search/WordSearch";
import { Page } from "~/ui/Page";
import { Arriving } from "./Arriving";
import { Capture } from "./capture/Capture";
import { QueueList } from "./capture/QueueList";
import { Recent } from "./capture/Recent";
import { useCapture } from "./capture/useCapture";
import { RegionPick } from "./capture/RegionPick";
import styles from "./CoachPage.module.css";

/** The front page: a photo, or words. */
export default function CoachPage() {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const capture = useCapture();
  const examples = t("examples", { returnObjects: true });
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Capture {...capture} />
      <QueueList still={capture.still} />
      <section className={styles.words} aria-label={t("words.title")}>
        <WordSearch
          label={t("words.label")}
          onPick={({ item }) => void navigate(`/items/${item}`)}
          onWords={(words) => void navigate(searchFor(words))}
        />
        <ul className={styles.examples} aria-label={t("words.examples")}>
          {examples.map((words) => (
            <li key={words}>
              <Link to={searchFor(words)} className={styles.example}>
                {words}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <Recent />
      <RegionPick />
      <Arriving />
    </Page>
  );
}
