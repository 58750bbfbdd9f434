import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { tagValues } from "~/api/generated/schema";
import { Parts, Steps, Why } from "~/features/advice/Advice";
import { ItemHeader } from "~/features/advice/ItemHeader";
import { StateToggles } from "~/features/advice/StateToggles";
import { useItem } from "~/features/advice/useItem";
import { useFormat } from "~/i18n/format";
import { announce } from "~/ui/announce";
import { FromDevice } from "~/ui/FromDevice";
import { PageSkeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { searchFor, WordSearch } from "./WordSearch";
import styles from "./search.module.css";

/** One item of the rule table, in a state that the address may name: `/items/glass-bottle?tags=broken`. */
export default function ItemPage() {
  const { t } = useTranslation(["search", "advice"]);
  const { slug = "" } = useParams();
  const navigate = useNavigate();
  const [query] = useSearchParams();
  const { list } = useFormat();
  const [tags, setTags] = useState(() => tagValues.filter((tag) => query.getAll("tags").includes(tag)));
  const item = useItem(slug, tags);
  const before = useRef<string | null>(null);

  const known = item.data?.value;
  const said = known && !item.isPlaceholderData ? known.disposal : null;
  useEffect(() => {
    if (!said) return;
    const now = said.steps.join();
    if (before.current !== null && before.current !== now)
      announce(t("advice:changed", { name: known?.name ?? "", category: said.category_name }));
    before.current = now;
  }, [said, t, known?.name]);

  if (item.isError) {
    return (
      <Page title={t("title")} hideTitle>
        <ErrorMessage error={item.error} onRetry={() => void item.refetch()} />
        <WordSearch
          label={t("label")}
          onPick={(match) => void navigate(`/items/${match.item}`)}
          onWords={(words) => void navigate(searchFor(words))}
        />
      </Page>
    );
  }
  if (!known) return <PageSkeleton />;
  const { name, material, form, disposal, parts, changes, synonyms } = known;
  return (
    <Page title={name} hideTitle>
      <FromDevice asOf={item.data?.asOf ?? null} />
      <article className={styles.item}>
        <ItemHeader name={name} material={material} form={form} />
        <Steps disposal={disposal} pending={item.isPlaceholderData} />
        <StateToggles changes={changes} category={disposal.category} chosen={tags} onChange={setTags} />
        <Parts parts={parts} />
        <Why disposal={disposal} />
        {synonyms.length > 0 && <p className={styles.also}>{t("also", { names: list(synonyms) })}</p>}
      </article>
    </Page>
  );
}
