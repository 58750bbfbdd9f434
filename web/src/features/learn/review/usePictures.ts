import { useEffect, useState } from "react";
import type { DueCard } from "~/api/types";
import { storedPictures } from "~/outbox/reviews/due";
import type { Pictures } from "~/ui/markdown/toHtml";

/** The addresses of a card's pictures: of this device where it has them, so that they are there without a network, too. */
export function usePictures({ media }: Pick<DueCard, "media">): Pictures {
  const [stored, setStored] = useState<Pictures>({});
  useEffect(() => {
    let gone = false;
    let found: Pictures = {};
    const free = () => {
      for (const address of Object.values(found)) URL.revokeObjectURL(address);
    };
    void storedPictures(Object.keys(media)).then((pictures) => {
      found = pictures;
      if (gone) free();
      else setStored(pictures);
    });
    return () => {
      gone = true;
      free();
    };
  }, [media]);
  return { ...media, ...stored };
}
