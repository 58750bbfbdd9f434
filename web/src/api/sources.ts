/** Where a bin is known from, by the contract's names. */

/** What is only for show (`SAMPLE` of the locations service). */
const SAMPLE = "bunri \uc608\uc2dc";

export function isSample(source: string): boolean {
  return source === SAMPLE;
}

/** Whether the licence of a bin's data demands that its source is named wherever the bin is shown. */
export function mustBeNamed(source: string): boolean {
  return source.startsWith("©");
}

/** Whether a bin came from another map: it is in no table of ours, so nobody can ask for it by its id or vote on it. */
export function isForeign(source: string): boolean {
  return source === "kakao";
}
