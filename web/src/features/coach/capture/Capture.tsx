import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePhotosGoTo } from "~/api/usePhotosGoTo";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { FileError } from "./FileError";
import type { CaptureState } from "./useCapture";
import styles from "./Capture.module.css";

/** Whether the main input is a finger: then most likely there is a camera. */
const handheld = () => window.matchMedia("(pointer: coarse)").matches;

/** The one thing this page is for. Camera and files by the device's own dialogs, which ask for no permission. */
export function Capture({ busy, error, take, stay }: CaptureState) {
  const { t } = useTranslation("coach");
  const camera = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const dragging = useDropAndPaste(take);
  const hand = handheld();
  const host = usePhotosGoTo();

  const ask = (dialog: HTMLInputElement | null) => {
    if (busy) return;
    stay();
    dialog?.click();
  };

  const input = (facing: boolean) => (
    <input
      ref={facing ? camera : files}
      type="file"
      accept="image/*,.heic,.heif"
      {...(facing ? { capture: "environment" as const } : { multiple: true })}
      hidden
      onChange={({ target }) => {
        void take(target.files);
        target.value = ""; // or choosing the same file again would be no change
      }}
    />
  );

  return (
    <section className={styles.capture} aria-label={t("capture.title")} data-dragging={dragging}>
      <div className={styles.frame} aria-hidden>
        <Icon name="camera" size="3.25rem" />
      </div>
      <p className={styles.hint}>{t(dragging ? "capture.drop" : hand ? "capture.frame" : "capture.desk")}</p>
      <div className={styles.buttons}>
        {hand && (
          <Button
            variant="contained"
            large
            className={styles.main}
            aria-disabled={busy}
            icon="camera"
            onClick={() => {
              ask(camera.current);
            }}
          >
            {t(busy ? "capture.preparing" : "capture.photo")}
          </Button>
        )}
        <Button
          variant={hand ? "text" : "contained"}
          large
          className={hand ? styles.second : styles.main}
          aria-disabled={busy}
          icon="image"
          onClick={() => {
            ask(files.current);
          }}
        >
          {t(busy && !hand ? "capture.preparing" : "capture.choose")}
        </Button>
      </div>
      {input(true)}
      {input(false)}
      <FileError error={error} />
      <p className={styles.private}>{t("capture.private")}</p>
      {host && <p className={styles.private}>{t("capture.remote", { host })}</p>}
    </section>
  );
}

/** Pictures pasted or dropped anywhere on the page. Tells whether one is being dragged over it. */
function useDropAndPaste(take: (files: Iterable<File> | null | undefined) => Promise<void>): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const { clipboardData } = event;
      if (!clipboardData?.files.length) return;
      // Spreadsheets copy cells as text and as a picture.
      if (isField(event.target) && clipboardData.types.includes("text/plain")) return;
      void take(clipboardData.files);
    };
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      setDragging(false);
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      void take(event.dataTransfer.files);
    };
    document.addEventListener("paste", paste);
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("paste", paste);
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, [take]);
  return dragging;
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
