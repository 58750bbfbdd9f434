import { useTranslation } from "react-i18next";
import type { BinKind, Material, Tag } from "~/api/types";

/** The contract's words as people say them. The page has to name the catalogue `words`. */
export function useWords() {
  const { t } = useTranslation("words");
  return {
    material: (material: Material) => t(`material.${material}`),
    tag: (tag: Tag) => t(`tag.${tag}`),
    bin: (kind: BinKind) => t(`bin.${kind}`),
  };
}
