import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { announce } from "~/ui/announce";
import { toast } from "~/ui/toast";
import { add } from "../queue/queue";

export type CaptureState = Readonly<{
  /** A photo is being made ready. */
  busy: boolean;
  /** Why the last file was not taken. */
  error: unknown;
  /** Takes the first of `files` and goes to its answer; offline it is kept for later. */
  take: (files: Iterable<File> | null | undefined) => Promise<void>;
}>;

export function useCapture(): CaptureState {
  const { t } = useTranslation("coach");
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const take = useCallback(
    async (files: Iterable<File> | null | undefined) => {
      const [file, more] = [...(files ?? [])];
      if (!file) return;
      setBusy(true);
      setError(null);
      announce(t("capture.preparing"));
      try {
        const jobId = await add(file);
        if (more) toast({ text: t("capture.oneOnly") });
        if (jobId) {
          await navigate(`/answers/${jobId}`); // busy until then: nothing moves under the finger
          return;
        }
        toast({ text: t(navigator.onLine ? "queue.busy" : "queue.kept") });
      } catch (problem) {
        setError(problem);
      }
      setBusy(false);
    },
    [navigate, t],
  );

  return { busy, error, take };
}
