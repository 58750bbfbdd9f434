import { useTranslation } from "react-i18next";
import type { Material } from "~/api/types";
import { useWords } from "~/ui/words";
import { MaterialMark } from "~/ui/MaterialMark";
import styles from "./advice.module.css";

type Props = Readonly<{
  name: string;
  material: Material;
  form?: string | null | undefined;
  /** How certain that is, in words. */
  sure?: string | undefined;
}>;

/** The forms that have a word; what a thing is called often says it already. */
const FORMS = [
  "bottle",
  "can",
  "tray",
  "cup",
  "box",
  "bag",
  "jar",
  "carton",
  "tube",
  "sheet",
  "container",
] as const;

/** What it is: its mark in the official colour, its name, what it is made of. */
export function ItemHeader({ name, material, form, sure }: Props) {
  const { t } = useTranslation("advice");
  const words = useWords();
  const known = FORMS.find((one) => one === form);
  const facts = [material !== "unknown" && words.material(material), known && t(`form.${known}`)];
  return (
    <header className={styles.head}>
      <MaterialMark material={material} size="min(3.5rem, 18vw)" />
      <div>
        <h2 className={styles.name}>{name}</h2>
        <p className={styles.facts}>
          {facts.filter(Boolean).join(" · ")}
          {sure && <span className={styles.sure}>{sure}</span>}
        </p>
      </div>
    </header>
  );
}
