import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Mui } from "~/design/Mui";
import { useFormat } from "~/i18n/format";
import { announce } from "~/ui/announce";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { useReauthentication } from "../security/useReauthentication";
import { useGoOn } from "../signIn/wanted";
import { isOpen, useArchive, useAskForArchive, useRemoveArchive } from "./useArchive";
import styles from "./export.module.css";

/** The file: asked for, being made, ready to be fetched. */
export function Archive() {
  const { t } = useTranslation("account");
  const { data: archive, error, isPending, refetch } = useArchive();
  const { reauthenticated, dialog } = useReauthentication("export");
  const ask = useAskForArchive(reauthenticated);
  const remove = useRemoveArchive();
  useGoOn("export", ask.mutate);
  const open = archive ? isOpen(archive) : false;
  const main = useRef<HTMLButtonElement>(null);
  const done = archive?.state === "ready" && archive.download_url !== null;
  useEffect(() => {
    if (done) announce(t("export.ready"));
  }, [done, t]);

  return (
    <Section title={t("export.file")} note={t("export.fileNote")}>
      {isPending && <Skeleton height="3.5rem" />}
      {error && !archive && <ErrorMessage error={error} onRetry={() => void refetch()} />}
      {archive?.state === "failed" && <p role="alert">{t("export.failed")}</p>}
      {open && archive && <Progress percent={archive.progress} />}
      {done && <Ready size={archive.size ?? 0} until={archive.expires_at} url={archive.download_url} />}
      {ask.isError && <ErrorMessage error={ask.error} />}
      {remove.isError && <ErrorMessage error={remove.error} />}
      {archive !== undefined && (
        <div className={styles.buttons}>
          {!open && (
            <Button
              ref={main}
              variant={done ? "outlined" : "contained"}
              large={!done}
              busy={ask.isPending}
              onClick={() => ask.mutate()}
            >
              {t(done ? "export.again" : "export.make")}
            </Button>
          )}
          {archive && (
            <Button
              variant="outlined"
              tone="bad"
              busy={remove.isPending}
              onClick={() =>
                remove.mutate(archive.id, {
                  onSuccess: () => {
                    announce(t("export.removed"));
                    document.querySelector("h1")?.focus(); // the button goes with the file
                  },
                })
              }
            >
              {t(open ? "cancel" : "export.remove")}
            </Button>
          )}
        </div>
      )}
      <Mui>{dialog}</Mui>
    </Section>
  );
}

function Progress({ percent }: Readonly<{ percent: number }>) {
  const { t } = useTranslation("account");
  const { percent: written } = useFormat();
  return (
    <div className={styles.progress}>
      <label htmlFor="export-progress">{t("export.working")}</label>
      <span aria-hidden>{written(percent / 100)}</span>
      <progress id="export-progress" max={100} value={percent} />
    </div>
  );
}

type ReadyProps = Readonly<{ size: number; until: string | null; url: string | null }>;

function Ready({ size, until, url }: ReadyProps) {
  const { t } = useTranslation("account");
  const { bytes, moment } = useFormat();
  return (
    <div className={styles.ready}>
      <Button variant="contained" large icon="download" href={url ?? ""} download>
        {t("export.download", { size: bytes(size) })}
      </Button>
      {until && <p className={styles.small}>{t("export.until", { moment: moment(until) })}</p>}
    </div>
  );
}
