import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";

type Props = Readonly<{
  parts: Readonly<{
    isPending: boolean;
    isError: boolean;
    error: unknown;
    refetch: () => unknown;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  }>;
  /** What is shown of a list that is there. */
  children: ReactNode;
}>;

/** A list that comes in parts: while it is fetched, when that fails, and the button for more. */
export function More({ parts, children }: Props) {
  const { t } = useTranslation("moderation");
  if (parts.isPending) return <Skeleton height="8rem" />;
  if (parts.isError) return <ErrorMessage error={parts.error} onRetry={() => void parts.refetch()} />;
  return (
    <>
      {children}
      {parts.hasNextPage && (
        <div>
          <Button busy={parts.isFetchingNextPage} onClick={() => void parts.fetchNextPage()}>
            {t("more")}
          </Button>
        </div>
      )}
    </>
  );
}
