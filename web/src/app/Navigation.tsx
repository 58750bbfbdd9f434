import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { preloadPage, type Feature, type NavigationEntry } from "~/features/feature";
import { language } from "~/i18n";
import { Icon } from "~/icons/Icon";
import { Mark } from "~/icons/Mark";
import { cx } from "~/ui/cx";
import styles from "./Navigation.module.css";

/** A bar below on a phone, a rail at the side of anything wider: the same list, laid out by the style sheet. */
export function Navigation({ features }: Readonly<{ features: readonly Feature[] }>) {
  const { t } = useTranslation();
  return (
    <nav className={styles.navigation} aria-label={t("navigation")}>
      <NavLink to="/" className={cx(styles.brand)} aria-label={t("home")}>
        <Mark size="2.25rem" />
      </NavLink>
      <ul className={styles.list}>
        {features.map(
          ({ name, navigation }) =>
            navigation && (
              <Entry
                key={name}
                entry={navigation}
                onApproach={() => void preloadPage(features, navigation.path)}
              />
            ),
        )}
      </ul>
    </nav>
  );
}

type Props = Readonly<{
  entry: NavigationEntry;
  /** Called when the pointer or the focus is on it: most likely it is opened next. */
  onApproach: () => void;
}>;

function Entry({ entry: { label, icon, path, place, badge }, onApproach }: Props) {
  useTranslation(); // drawn anew in another language
  return (
    <li className={place === "aside" ? styles.aside : undefined}>
      <NavLink
        to={path}
        end={path === "/"}
        className={cx(styles.entry)}
        onPointerEnter={onApproach}
        onFocus={onApproach}
      >
        <span className={styles.icon}>
          <Icon name={icon} size="1.5rem" />
          {badge && <Badge badge={badge} />}
        </span>
        {label[language()]}
      </NavLink>
    </li>
  );
}

const MOST = 99;

function Badge({ badge }: Readonly<{ badge: NonNullable<NavigationEntry["badge"]> }>) {
  const count = useSyncExternalStore(badge.subscribe, badge.count);
  if (count === 0) return null;
  const said = badge.label[language()].replace("{{count}}", String(count));
  return (
    <span className={styles.badge}>
      <span aria-hidden>{count > MOST ? `${MOST}+` : count}</span>
      <span className="visually-hidden">{said} </span>
    </span>
  );
}
