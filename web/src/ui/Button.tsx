import type { ComponentProps, ReactNode } from "react";
import { Link } from "react-router";
import { Icon, type IconName } from "~/icons/Icon";
import { cx } from "./cx";
import styles from "./Button.module.css";

type AppearanceSettings = Readonly<{
  /** `contained` is for the main action of a page; `text` for one within a sentence. */
  variant?: "contained" | "outlined" | "text";
  /** `inherit` has the colour around it; `bad` is for what removes something. */
  tone?: "green" | "inherit" | "bad";
  large?: boolean;
  icon?: IconName;
  children: ReactNode;
}>;

type Act = ComponentProps<"button"> &
  Readonly<{
    /** Its action is running: it takes no press, and keeps the focus, which `disabled` would drop. */
    busy?: boolean;
  }>;

/** A button that does something, a link with `to` that leads somewhere, or with `href` out of bunri. */
type Props = AppearanceSettings &
  (
    | (Act & { to?: never; href?: never })
    | (ComponentProps<typeof Link> & { href?: never; busy?: never })
    | (ComponentProps<"a"> & { to?: never; href: string; busy?: never })
  );

/** An HTML button with our styles: the first page draws it without waiting for a library (ADR 0011). */
export function Button({
  variant = "text",
  tone = "green",
  large = false,
  icon,
  children,
  className,
  busy = false,
  ...rest
}: Props) {
  const look = {
    className: cx(styles.button, className),
    "data-variant": variant,
    "data-tone": tone,
    "data-large": large || undefined,
  };
  const inside = (
    <>
      {icon && <Icon name={icon} size={large ? "1.5rem" : "1.25rem"} />}
      {children}
    </>
  );
  if (rest.to !== undefined)
    return (
      <Link {...look} {...rest}>
        {inside}
      </Link>
    );
  if (rest.href !== undefined)
    return (
      <a {...look} {...rest}>
        {inside}
      </a>
    );
  return (
    <button type="button" {...look} {...rest} {...pressed(busy, rest.onClick)}>
      {inside}
    </button>
  );
}

function pressed(busy: boolean, onClick: Act["onClick"]): Pick<Act, "onClick" | "aria-disabled"> {
  if (!busy) return { onClick };
  return {
    "aria-disabled": true,
    onClick: (event) => {
      event.preventDefault(); // a form is not sent either
    },
  };
}

type Named = Readonly<{ label: string; icon: IconName }> &
  Omit<ComponentProps<"button">, "children" | "className">;

/** A button with only an icon; `label` is its name for screen readers. */
export function IconButton({ label, icon, ...rest }: Named) {
  return (
    <button type="button" aria-label={label} className={styles.round} {...rest}>
      <Icon name={icon} size="1.375rem" />
    </button>
  );
}
