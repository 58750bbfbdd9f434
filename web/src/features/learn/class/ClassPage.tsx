import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Problem } from "~/api/problem";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { PupilView } from "./PupilView";
import { getClass } from "./server";
import { TeacherView } from "./TeacherView";

/** One class, as its teacher or a pupil sees it. */
export default function ClassPage() {
  const { t } = useTranslation("class");
  const { classId = "" } = useParams();
  const found = useQuery({
    queryKey: ["learn", "classes", classId],
    queryFn: () => getClass(classId),
    staleTime: 0,
  });
  const isOver = found.error instanceof Problem && found.error.code === "class_missing";
  const one = isOver ? undefined : found.data;
  return (
    <Page title={one?.name ?? t("title")}>
      {found.isPending && <Skeleton height="16rem" />}
      {isOver && (
        <EmptyState
          icon="people"
          title={t("over.title")}
          actions={
            <Button variant="contained" to="/learn/class">
              {t("over.back")}
            </Button>
          }
        >
          <p>{t("over.sentence")}</p>
        </EmptyState>
      )}
      {found.isError && !isOver && !one && (
        <ErrorMessage error={found.error} onRetry={() => void found.refetch()} />
      )}
      {one && (one.role === "owner" ? <TeacherView one={one} /> : <PupilView one={one} />)}
    </Page>
  );
}
