import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Profile } from "~/api/types";
import { Button } from "~/ui/Button";
import { Combobox } from "~/ui/Combobox";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { toast } from "~/ui/toast";
import { nameOfZone, suggestZones, timeIn } from "./timeZones";
import { useChange } from "./useProfile";
import styles from "./profile.module.css";

/** Whose clock the reminders follow. The browser knows its own, and the names of all. */
export function TimeZone({ profile: { time_zone: zone } }: Readonly<{ profile: Profile }>) {
  const { t, i18n } = useTranslation("account");
  const [words, setWords] = useState("");
  const zones = useMemo(() => suggestZones(words, i18n.language), [words, i18n.language]);
  const change = useChange();
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choose = (chosen: string) => {
    change.mutate(
      { time_zone: chosen },
      {
        onSuccess: () => {
          setWords("");
          toast({ text: t("zone.saved") });
        },
      },
    );
  };
  return (
    <div className={styles.stack}>
      <p>{t("zone.now", { zone, time: timeIn(zone, i18n.language) })}</p>
      <Combobox
        label={t("zone.label")}
        showLabel
        placeholder={t("zone.placeholder")}
        longest={64}
        words={words}
        onType={setWords}
        options={zones}
        settled
        keyOf={(one) => one}
        onPick={choose}
        onWords={choose}
        texts={{
          clear: t("zone.clear"),
          list: t("zone.list"),
          count: t("zone.count", { count: zones.length }),
          none: t("zone.none"),
        }}
      >
        {(one) => (
          <span>
            {one}
            <span className={styles.zone}>{nameOfZone(one, i18n.language)}</span>
          </span>
        )}
      </Combobox>
      {own !== zone && (
        <div>
          <Button variant="outlined" busy={change.isPending} onClick={() => choose(own)}>
            {t("zone.own", { zone: own })}
          </Button>
        </div>
      )}
      {change.isError && <ErrorMessage error={change.error} />}
    </div>
  );
}
