import type { ReactNode } from "react";
import { Icon, type IconName } from "~/icons/Icon";
import styles from "./EmptyState.module.css";

type Props = Readonly<{
  icon: IconName;
  title: string;
  children?: ReactNode;
  /** One button, or two. */
  actions?: ReactNode;
  tone?: "calm" | "bad";
  /** The page has the same heading already, for those who listen. */
  repeated?: boolean;
}>;

/** In place of content when there is none: says why, and what to do now. */
export function EmptyState({ icon, title, children, actions, tone = "calm", repeated = false }: Props) {
  return (
    <div className={styles.empty} data-tone={tone}>
      <span className={styles.disc}>
        <Icon name={icon} size="2.25rem" />
      </span>
      <h2 aria-hidden={repeated || undefined}>{title}</h2>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
