import { Link } from "react-router";
import { Icon, type IconName } from "~/icons/Icon";
import styles from "./LinkList.module.css";

type Entry = Readonly<{
  icon: IconName;
  title: string;
  text: string;
  /** A page of the app, or with `outside` one that the server answers by itself. */
  to: string;
  outside?: boolean;
}>;

/** Places to go on to, each with a sentence about what is there. */
export function LinkList({ entries }: Readonly<{ entries: readonly Entry[] }>) {
  return (
    <ul className={styles.list}>
      {entries.map(({ icon, title, text, to, outside = false }) => {
        const content = (
          <>
            <Icon name={icon} size="1.5rem" />
            <span>
              <strong>{title}</strong>
              <span>{text}</span>
            </span>
            <Icon name="forward" size="1.25rem" />
          </>
        );
        return <li key={to}>{outside ? <a href={to}>{content}</a> : <Link to={to}>{content}</Link>}</li>;
      })}
    </ul>
  );
}
