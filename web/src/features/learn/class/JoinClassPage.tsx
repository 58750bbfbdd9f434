import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { useFragment } from "~/ui/useFragment";
import { learns } from "../badge/badge";
import { isWhole, shownCode } from "./code";
import { joinClass, shownClass } from "./server";
import styles from "./class.module.css";

/** Into a class: by a link, which brings the code along, or by the code as somebody types it. */
export default function JoinClassPage() {
  const { t } = useTranslation("class");
  const brought = useFragment();
  const [typed, setTyped] = useState("");
  const code = isWhole(brought) ? shownCode(brought) : typed;
  const found = useQuery({
    queryKey: ["learn", "class of", code],
    queryFn: () => shownClass(code),
    enabled: code !== "",
    retry: false,
  });
  return (
    <Page title={t("join.title")}>
      {found.data ? (
        <Nickname key={code} code={code} name={found.data.name} until={found.data.ends_on} />
      ) : code && found.isPending ? (
        <Skeleton height="12rem" />
      ) : (
        <Code
          key={code}
          first={code}
          error={found.error}
          onCode={setTyped}
          onAgain={() => void found.refetch()}
        />
      )}
    </Page>
  );
}

type CodeProps = Readonly<{
  first: string;
  error: unknown;
  onCode: (code: string) => void;
  onAgain: () => void;
}>;

function Code({ first, error, onCode, onAgain }: CodeProps) {
  const { t } = useTranslation("class");
  const [code, setCode] = useState(first);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isWhole(code)) return;
    if (code === first) onAgain();
    else onCode(code);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <label className={styles.field}>
        {t("join.code")}
        <input
          value={code}
          required
          className={styles.typedCode}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="AB3K-9FXQ"
          aria-describedby="class-code-note"
          onChange={(event) => {
            setCode(shownCode(event.target.value));
          }}
        />
      </label>
      <p id="class-code-note" className={styles.note}>
        {t("join.codeNote")}
      </p>
      {Boolean(error) && code === first && (
        <p className={styles.refused} role="alert">
          {describe(error).sentence}
        </p>
      )}
      <Button type="submit" variant="contained">
        {t("join.next")}
      </Button>
    </form>
  );
}

/** Which class it is, before anybody is in it. */
function Nickname({ code, name, until }: Readonly<{ code: string; name: string; until: string }>) {
  const { t } = useTranslation("class");
  const { day } = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [nickname, setNickname] = useState("");
  const join = useMutation({
    mutationFn: () => joinClass(code, nickname.trim()),
    onSuccess: ({ id }) => {
      learns();
      void queries.invalidateQueries({ queryKey: ["learn"] });
      void navigate(`/learn/class/${id}`, { replace: true });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!join.isPending && nickname.trim()) join.mutate();
  };
  return (
    <>
      <EmptyState icon="people" title={name}>
        <p>{t("join.until", { day: day(until) })}</p>
      </EmptyState>
      <form className={styles.form} onSubmit={submit}>
        <label className={styles.field}>
          {t("join.nickname")}
          <input
            value={nickname}
            required
            maxLength={20}
            autoComplete="off"
            aria-describedby="class-nickname-note"
            onChange={(event) => {
              setNickname(event.target.value);
            }}
          />
        </label>
        <p id="class-nickname-note" className={styles.note}>
          {t("join.nicknameNote")}
        </p>
        {join.isError && (
          <p className={styles.refused} role="alert">
            {describe(join.error).sentence}
          </p>
        )}
        <Button type="submit" variant="contained" busy={join.isPending}>
          {t("join.join")}
        </Button>
      </form>
    </>
  );
}
