import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Suggestion, useSearch, WordSearch } from "./WordSearch";
import styles from "./search.module.css";

const MOST = 20;

/** Items by words: `/search?q=컵라면`. */
export default function SearchPage() {
  const { t } = useTranslation("search");
  const navigate = useNavigate();
  const [query, setQuery] = useSearchParams();
  const words = query.get("q") ?? "";
  return (
    <Page title={t("title")} lead={t("lead")}>
      <WordSearch
        key={words}
        label={t("label")}
        words={words}
        focused={!words}
        onPick={({ item }) => void navigate(`/items/${item}`)}
        onWords={(q) => {
          setQuery({ q });
        }}
      />
      {words ? <Found words={words} /> : <Start />}
    </Page>
  );
}

function Start() {
  const { t } = useTranslation("search");
  return (
    <EmptyState icon="search" title={t("start.title")}>
      <p>{t("start.sentence")}</p>
    </EmptyState>
  );
}

function Found({ words }: Readonly<{ words: string }>) {
  const { t } = useTranslation("search");
  const found = useSearch(words, MOST);
  if (found.isError) return <ErrorMessage error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton height="12rem" />;
  if (found.data.length === 0) {
    return (
      <EmptyState
        icon="question"
        title={t("none.title")}
        actions={
          <Button variant="contained" to="/">
            {t("none.action")}
          </Button>
        }
      >
        <p>{t("none.sentence")}</p>
      </EmptyState>
    );
  }
  return (
    <section aria-label={t("results")}>
      <p className={styles.count} role="status">
        {t("count", { count: found.data.length })}
      </p>
      <ul className={styles.results}>
        {found.data.map((match) => (
          <li key={match.item}>
            <Link to={`/items/${match.item}`} className={styles.result}>
              <Suggestion match={match} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
