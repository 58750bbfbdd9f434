import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { features } from "~/features";
import { prepared, type Feature } from "~/features/feature";
import { Icon } from "~/icons/Icon";
import { Mark } from "~/icons/Mark";
import { cx } from "~/ui/cx";
import styles from "./Navigation.module.css";

/** A bar below on a phone, a rail at the side of anything wider: the same list, laid out by the style sheet. */
export function Navigation() {
  const { t } = useTranslation();
  return (
    <nav className={styles.navigation} aria-label={t("navigation")}>
      <NavLink to="/" className={cx(styles.brand)} aria-label={t("home")}>
        <Mark size="2.25rem" />
      </NavLink>
      <ul className={styles.list}>
        {features.map((feature) => (
          <Entry key={feature.name} feature={feature} />
        ))}
      </ul>
    </nav>
  );
}

function Entry({ feature }: Readonly<{ feature: Feature }>) {
  const { t } = useTranslation();
  const prepare = () => void prepared([feature], feature.path);
  return (
    <li className={feature.place === "aside" ? styles.aside : undefined}>
      <NavLink
        to={feature.path}
        end={feature.path === "/"}
        className={cx(styles.entry)}
        onPointerEnter={prepare}
        onFocus={prepare}
      >
        <span className={styles.icon}>
          <Icon name={feature.icon} size="1.5rem" />
        </span>
        {t(`features.${feature.name}`)}
      </NavLink>
    </li>
  );
}
