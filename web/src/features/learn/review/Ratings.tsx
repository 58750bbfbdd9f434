import { useTranslation } from "react-i18next";
import type { DueCard, RatingName } from "~/api/types";
import { usePause } from "../pauses";
import styles from "./review.module.css";

export const RATINGS = ["again", "hard", "good", "easy"] as const satisfies readonly RatingName[];

type Props = Readonly<{
  preview: DueCard["preview"];
  /** What space and Enter say; null where nothing is. */
  suggested: RatingName | null;
  /** The answer was graded: another rating overrules that. */
  graded: boolean;
  onRate: (rating: RatingName) => void;
}>;

/** How well it was known, with when the card comes back then. */
export function Ratings({ preview, suggested, graded, onRate }: Props) {
  const { t } = useTranslation("learn");
  const said = usePause();
  return (
    <div
      className={styles.ratings}
      role="group"
      aria-label={t(graded ? "review.overrule" : "review.howWell")}
    >
      {RATINGS.map((rating, index) => (
        <button
          key={rating}
          type="button"
          data-rating={rating}
          data-suggested={rating === suggested || undefined}
          aria-keyshortcuts={String(index + 1)}
          onClick={() => {
            onRate(rating);
          }}
        >
          <strong>{t(`rating.${rating}`)}</strong>
          <span>{said(preview[rating])}</span>
        </button>
      ))}
    </div>
  );
}
