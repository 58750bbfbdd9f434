import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { useReportCounts } from "./useReportCounts";

/** To what was reported in all open rooms, for who looks after those and while there is something to look at. */
export function ReportsLink() {
  const { t } = useTranslation("chat");
  const { everywhere } = useReportCounts();
  if (!everywhere) return null;
  return (
    <Button icon="flag" variant="outlined" to="/chat/reports">
      {t("reports.everywhere", { count: everywhere })}
    </Button>
  );
}
