import { useTranslation } from "react-i18next";
import type { Profile } from "~/api/types";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { SelectField } from "~/ui/SelectField";
import { toast } from "~/ui/toast";
import { useChange } from "./useProfile";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** At which hour of the day, in the person's time zone, or never. */
export function Reminder({ profile }: Readonly<{ profile: Profile }>) {
  const { t, i18n } = useTranslation("account");
  const change = useChange();
  const clock = new Intl.DateTimeFormat(i18n.language, { hour: "numeric", timeZone: "UTC" });
  // Shown at once; a failure puts the old one back.
  const chosen = change.isPending ? change.variables.reminder_hour : profile.reminder_hour;
  return (
    <>
      <SelectField label={t("reminder.label")}>
        <select
          value={chosen ?? ""}
          onChange={({ target }) => {
            change.mutate(
              { reminder_hour: target.value === "" ? null : Number(target.value) },
              { onSuccess: () => toast({ text: t("reminder.saved") }) },
            );
          }}
        >
          <option value="">{t("reminder.off")}</option>
          {HOURS.map((hour) => (
            <option key={hour} value={hour}>
              {clock.format(hour * 3_600_000)}
            </option>
          ))}
        </select>
      </SelectField>
      {change.isError && <ErrorMessage error={change.error} />}
    </>
  );
}
