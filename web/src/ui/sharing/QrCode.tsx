import { encode } from "uqr";
import styles from "./qrCode.module.css";

/** Light modules around a code, without which scanners do not find it (ISO/IEC 18004 §6.3.8). */
const QUIET = 4;

/** `text` as a code to be scanned. */
export function QrCode({ text, label }: Readonly<{ text: string; label: string }>) {
  const { size, data } = encode(text, { ecc: "M", border: 0 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")))
    .join("");
  const side = size + 2 * QUIET;
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${side} ${side}`} className={styles.qr}>
      <path d={path} fill="currentColor" shapeRendering="crispEdges" />
    </svg>
  );
}
