import type { BinKind, Material, Tag } from "~/api/types";
import { bins, conditions, materials, shapes } from "./shapes";

export type IconName = keyof typeof shapes;

type Props = Readonly<{
  name: IconName;
  /** Any CSS length; follows the text around it by default. */
  size?: string;
  /** Its text for screen readers; left out where words beside it say the same. */
  label?: string;
  className?: string | undefined;
}>;

export function Icon({ name, size = "1.5em", label, className }: Props) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      focusable="false"
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      {shapes[name]}
    </svg>
  );
}

/** The contract's words are icons by the same name; what it does not know yet is `unknown`. */
export function materialIcon(material: Material): IconName {
  return material in materials ? material : "unknown";
}

export function tagIcon(tag: Tag): IconName {
  return tag in conditions ? tag : "question";
}

export function binIcon(kind: BinKind): IconName {
  if (kind === "clothes") return "textile";
  return kind in bins || kind in materials ? kind : "trash";
}
