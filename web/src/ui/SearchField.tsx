import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { Icon } from "~/icons/Icon";
import type { useSearchWords } from "./useSearchWords";
import styles from "./searchField.module.css";

type Props = Readonly<{ label: string; search: ReturnType<typeof useSearchWords>; focused?: boolean }>;

/** A field for words to look for; what they find stands below it. */
export function SearchField({ label, search, focused = false }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.search} role="search">
      <Icon name="search" size="1.25rem" />
      <input
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={label}
        placeholder={label}
        maxLength={60}
        autoComplete="off"
        // Who has pressed the button for a search wants to type.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={focused}
        {...search.field}
      />
      {search.text && <IconButton label={t("clearWords")} icon="close" onClick={search.clear} />}
    </div>
  );
}
