import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { announce } from "~/ui/announce";
import { toast } from "~/ui/toast";
import type { Outcome } from "~/outbox/photos/delivery";
import { startBatch } from "~/outbox/photos/batch";
import { addPhoto } from "~/outbox/photos/queue";

/** The most photos that are taken from one choice: more are a mistake, and would fill the device. */
const MOST = 10;
/** Milliseconds in which the page of the answer most likely opens; until then this page does not change. */
const STILL_MS = 1_000;

export type CaptureState = Readonly<{
  /** A photo is being made ready. */
  busy: boolean;
  /** The page of the answer is about to open: until then nothing moves under the finger. */
  still: boolean;
  /** Why the last file was not taken. */
  error: unknown;
  /** Takes `files`, sends them, and goes to the first one's answer; offline they are kept for later. */
  take: (files: Iterable<File> | null | undefined) => Promise<void>;
  /** Called when the person goes on with this page, as with another photo: then it does not leave for an answer. */
  stay: () => void;
}>;

export function useCapture(): CaptureState {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [still, setStill] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const preparing = useRef(false);
  /** Counts what the person did: only the last action leads to another page. */
  const turn = useRef(0);

  const stay = useCallback(() => {
    turn.current += 1;
  }, []);
  useEffect(() => stay, [stay]); // who left the page is not taken to an answer

  const take = useCallback(
    async (files: Iterable<File> | null | undefined) => {
      const chosen = [...(files ?? [])];
      if (chosen.length === 0 || preparing.current) return;
      const mine = ++turn.current;
      preparing.current = true;
      setBusy(true);
      setStill(true);
      setError(null);
      announce(t("capture.preparing"));
      const { added, refused } = await addAll(chosen.slice(0, MOST));
      preparing.current = false;
      setBusy(false);
      const thawing = setTimeout(() => {
        setStill(false);
      }, STILL_MS);
      const [first] = added;
      if (first) {
        startBatch(added.map(({ id }) => id));
        if (refused.length) toast({ text: t("capture.refused", { count: refused.length }) });
        if (chosen.length > MOST) toast({ text: t("capture.most", { count: MOST }) });
        else if (added.length > 1) toast({ text: t("capture.several", { count: added.length }) });
        const outcome = await first.sent;
        if (outcome.jobId && mine === turn.current) await navigate(`/answers/${outcome.jobId}`);
        const word = wordOf(outcome, first.onDisk);
        if (word) toast({ text: t(`queue.${word}`) });
      } else setError(refused[0]);
      clearTimeout(thawing);
      setStill(false);
    },
    [navigate, t],
  );

  return { busy, still, error, take, stay };
}

/** What to say of a photo whose answer is not shown yet. */
function wordOf({ phase }: Outcome, onDisk: boolean) {
  if (phase === "failed") return "refused";
  if (phase !== "waiting") return null;
  if (!onDisk) return "unkept";
  return navigator.onLine ? "busy" : "kept";
}

type Added = Awaited<ReturnType<typeof addPhoto>>;

/** One after the other: a phone has not the memory to open several photos at once. */
async function addAll(files: readonly File[]) {
  const added: Added[] = [];
  const refused: unknown[] = [];
  for (const file of files) {
    try {
      added.push(await addPhoto(file));
    } catch (problem) {
      refused.push(problem);
    }
  }
  return { added, refused };
}
