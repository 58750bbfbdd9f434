import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Match } from "~/api/types";
import { finders } from "~/features/found";
import { language } from "~/i18n";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { FromDevice } from "~/ui/FromDevice";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Suggestion, useSearch, WordSearch } from "./WordSearch";
import styles from "./search.module.css";

const MOST = 20;
const MOST_NEAR = 5;

/** Items by words, and whatever else of the product has them: `/search?q=컵라면`. */
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
      {words ? (
        <>
          <Found words={words} />
          <FoundElsewhere words={words} />
        </>
      ) : (
        <Start />
      )}
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
  const { value, asOf } = found.data;
  const named = value.filter(({ sure }) => sure);
  const near = value.filter(({ sure }) => !sure);
  return (
    <>
      <FromDevice asOf={asOf} />
      {named.length > 0 ? (
        <section aria-label={t("results")}>
          <p className={styles.count} role="status">
            {t("count", { count: named.length })}
          </p>
          <Results matches={named} />
        </section>
      ) : (
        <Unknown words={words} near={near.length > 0} />
      )}
      {near.length > 0 && (
        <section className={styles.near} aria-labelledby="near">
          <h2 id="near">{t(named.length > 0 ? "near" : "didYouMean")}</h2>
          <Results matches={near.slice(0, named.length > 0 ? MOST : MOST_NEAR)} />
        </section>
      )}
    </>
  );
}

/** What the other features find. Each comes when it is there, and one that fails is left out. */
function FoundElsewhere({ words }: Readonly<{ words: string }>) {
  return (
    <div className={styles.elsewhere}>
      {finders().map(({ label, Component }) => (
        <Suspense key={label.en} fallback={null}>
          <Component words={words} title={label[language()]} />
        </Suspense>
      ))}
    </div>
  );
}

/** No item is called so; what has a name like it is offered below, and not as the answer. */
function Unknown({ words, near }: Readonly<{ words: string; near: boolean }>) {
  const { t } = useTranslation("search");
  return (
    <div role="status">
      <EmptyState
        icon="question"
        title={t("none.title")}
        actions={
          <Button variant="contained" to="/">
            {t("none.action")}
          </Button>
        }
      >
        <p>{t(near ? "none.near" : "none.sentence", { words })}</p>
      </EmptyState>
    </div>
  );
}

function Results({ matches }: Readonly<{ matches: readonly Match[] }>) {
  return (
    <ul className={styles.results}>
      {matches.map((match) => (
        <li key={match.item}>
          <Link to={`/items/${match.item}`} className={styles.result}>
            <Suggestion match={match} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
