import { useState, type SyntheticEvent } from "react";

/** Proportions of pictures that were shown before: the next view leaves the right room for them at once. */
const known = new Map<string, number>();

const COMMON = 4 / 3;

/** Width by height of the picture at `url`, guessed until it has been loaded; give `onLoad` to its element. */
export function useRatio(url: string | null) {
  const [loaded, setLoaded] = useState<number | null>(null);
  const onLoad = ({ currentTarget: { naturalWidth, naturalHeight } }: SyntheticEvent<HTMLImageElement>) => {
    if (!url || !naturalHeight) return;
    known.set(url, naturalWidth / naturalHeight);
    setLoaded(naturalWidth / naturalHeight);
  };
  return { ratio: loaded ?? (url ? known.get(url) : undefined) ?? COMMON, onLoad };
}
