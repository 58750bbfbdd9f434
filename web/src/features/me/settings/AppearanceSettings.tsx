import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "~/icons/Icon";
import { prefer, usePreferences } from "~/preferences/store";
import { Choices } from "~/ui/Choices";
import { Section } from "~/ui/Section";
import styles from "./settings.module.css";

const THEMES = [
  ["system", "device"],
  ["light", "sun"],
  ["dark", "moon"],
] as const satisfies readonly (readonly [string, IconName])[];

/** Light or dark, and more contrast on top of either. */
export function AppearanceSettings() {
  const { t } = useTranslation("settings");
  const { theme, contrast } = usePreferences();
  // Before anybody chose, the switch shows what the system asked for.
  const more = (contrast ?? document.documentElement.dataset.contrast) === "more";
  return (
    <Section title={t("appearance.title")}>
      <Choices
        label={t("appearance.theme")}
        choices={THEMES.map(([value, icon]) => ({
          value,
          label: t(`appearance.${value}`),
          icon: <Icon name={icon} />,
        }))}
        value={theme ?? "system"}
        onChange={(value) => {
          prefer({ theme: value === "system" ? null : value });
        }}
      />
      <div>
        <FormControlLabel
          label={t("appearance.contrast")}
          control={
            <Switch
              checked={more}
              onChange={(_, checked) => {
                prefer({ contrast: checked ? "more" : "standard" });
              }}
              slotProps={{ input: { "aria-describedby": "contrast-note" } }}
            />
          }
        />
        <p id="contrast-note" className={styles.small}>
          {t("appearance.contrastNote")}
        </p>
      </div>
    </Section>
  );
}
