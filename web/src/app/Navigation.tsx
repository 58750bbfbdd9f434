import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { areas } from "~/areas";
import { prepared, type Area } from "~/areas/area";
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
        {areas.map((area) => (
          <Entry key={area.name} area={area} />
        ))}
      </ul>
    </nav>
  );
}

function Entry({ area }: Readonly<{ area: Area }>) {
  const { t } = useTranslation();
  const prepare = () => void prepared([area], area.path);
  return (
    <li className={area.place === "aside" ? styles.aside : undefined}>
      <NavLink
        to={area.path}
        end={area.path === "/"}
        className={cx(styles.entry)}
        onPointerEnter={prepare}
        onFocus={prepare}
      >
        <span className={styles.icon}>
          <Icon name={area.icon} size="1.5rem" />
        </span>
        {t(`areas.${area.name}`)}
      </NavLink>
    </li>
  );
}
