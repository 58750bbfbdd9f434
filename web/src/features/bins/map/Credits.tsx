import type { DataCredit } from "~/api/types";
import styles from "./map.module.css";

/** Whose map and whose bins they are: their licences demand that it is said here. */
export function Credits({ basemap, data }: Readonly<{ basemap: string; data: readonly DataCredit[] }>) {
  if (!basemap && data.length === 0) return null;
  return (
    <p className={styles.attribution}>
      {basemap && <span>{basemap}</span>}
      {data.map(({ text, url }) => (
        <a key={text} href={url} target="_blank" rel="noreferrer">
          {text}
        </a>
      ))}
    </p>
  );
}
