import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Page.module.css";

type Props = Readonly<{
  title: string;
  /** A sentence below the title. */
  lead?: ReactNode;
  /** Beside the title: a button or two. */
  actions?: ReactNode;
  /** The title is only for the tab and for screen readers; the page shows a heading of its own. */
  hideTitle?: boolean;
  /** As wide as the screen allows: maps, pictures. */
  wide?: boolean;
  children: ReactNode;
}>;

let opened = false;

/** A page: its title in the tab, one heading of the first rank, and the focus on it when somebody came from elsewhere. */
export function Page({ title, lead, actions, hideTitle = false, wide = false, children }: Props) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = t("title", { page: title });
  }, [t, title]);

  useEffect(() => {
    if (opened) heading.current?.focus({ preventScroll: true });
    opened = true;
  }, []);

  return (
    <div className={wide ? styles.wide : styles.page}>
      <header className={hideTitle ? "visually-hidden" : styles.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className={styles.actions}>{actions}</div>}
        {lead && <p className={styles.lead}>{lead}</p>}
      </header>
      {children}
    </div>
  );
}
