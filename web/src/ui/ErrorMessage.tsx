import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { announce } from "./announce";
import { Button } from "./Button";
import { EmptyState } from "./EmptyState";

type Props = Readonly<{
  error: unknown;
  /** Left out where trying again makes no sense. */
  onRetry?: (() => void) | undefined;
}>;

/** A failure as people see it: what happened, in a sentence, and the next step. */
export function ErrorMessage({ error, onRetry }: Props) {
  const { t } = useTranslation();
  const { title, sentence, remedy } = describe(error);
  useEffect(() => {
    announce(`${title} ${sentence}`, "assertive");
  }, [title, sentence]);
  return (
    <EmptyState
      icon={error instanceof Problem && error.code === "network" ? "offline" : "warning"}
      tone="bad"
      title={title}
      actions={
        <>
          {remedy === "retry" && onRetry && (
            <Button variant="contained" onClick={onRetry}>
              {t("errors.retry")}
            </Button>
          )}
          {remedy === "search" && (
            <Button variant="contained" to="/search">
              {t("errors.search")}
            </Button>
          )}
          {remedy === "home" && (
            <Button variant="contained" to="/">
              {t("errors.home")}
            </Button>
          )}
        </>
      }
    >
      <p>{sentence}</p>
    </EmptyState>
  );
}
