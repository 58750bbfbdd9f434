import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { Failure } from "../forms/Failure";
import { useGoOn } from "../signIn/wanted";
import { useReauthentication } from "./useReauthentication";
import styles from "../account.module.css";

/** Ten codes for a lost second factor, shown once. */
export function RecoveryCodes({ left }: Readonly<{ left: number }>) {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const { reauthenticated, dialog } = useReauthentication("codes");
  const make = useMutation({
    mutationFn: () => reauthenticated(() => data(api.POST("/api/v1/auth/recovery-codes"))),
    onSuccess: (made) => {
      if (made) void client.invalidateQueries({ queryKey: ["account"] });
    },
  });
  useGoOn("codes", make.mutate);
  const codes = make.data?.codes;
  return (
    <Section title={t("codes.title")} note={t("codes.note")}>
      {make.isError && <Failure error={make.error} />}
      {codes ? (
        <Codes codes={codes} />
      ) : (
        <>
          <p>{t("codes.left", { count: left })}</p>
          {left > 0 && <p className={styles.small}>{t("codes.replaces")}</p>}
        </>
      )}
      <div>
        <Button
          variant={left > 0 || codes ? "outlined" : "contained"}
          large
          busy={make.isPending}
          onClick={() => make.mutate()}
        >
          {t(left > 0 || codes ? "codes.again" : "codes.make")}
        </Button>
      </div>
      {dialog}
    </Section>
  );
}

function Codes({ codes }: Readonly<{ codes: readonly string[] }>) {
  const { t } = useTranslation("account");
  const [copied, setCopied] = useState(false);
  const text = `${t("codes.fileHead", { host: window.location.host })}\n\n${codes.join("\n")}\n`;
  const clipboard = navigator.clipboard as Clipboard | undefined; // none without TLS
  return (
    <>
      <div className={styles.print} role="group" aria-label={t("codes.ten")}>
        <p className={styles.printed}>{t("codes.fileHead", { host: window.location.host })}</p>
        <ol className={styles.codes}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
      </div>
      <p className={styles.small}>{t("codes.once")}</p>
      <div className={styles.buttons}>
        {clipboard && (
          <Button
            variant="outlined"
            onClick={() => {
              void clipboard.writeText(text).then(
                () => {
                  setCopied(true);
                  toast({ text: t("codes.copied") });
                },
                () => {
                  toast({ text: t("codes.notCopied") });
                },
              );
            }}
          >
            {t(copied ? "codes.copyAgain" : "codes.copy")}
          </Button>
        )}
        <Button
          variant="outlined"
          onClick={() => {
            save(text, t("codes.file"));
          }}
        >
          {t("codes.save")}
        </Button>
        <Button
          variant="outlined"
          onClick={() => {
            window.print();
          }}
        >
          {t("codes.print")}
        </Button>
      </div>
    </>
  );
}

/** `text` as a file of the device. */
function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url); // the browser reads it after the click
  }, 60_000);
}
