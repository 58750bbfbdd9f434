import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { signIn } from "~/api/session";
import { Button } from "~/ui/Button";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { EndOthers } from "../forms/EndOthers";
import { Failure } from "../forms/Failure";
import { Form } from "../forms/Form";
import { useFactorCode } from "../forms/useFactorCode";
import { QrCode } from "../recovery/QrCode";
import { Removal } from "./Removal";
import { useReauthentication } from "./useReauthentication";
import styles from "../account.module.css";

/** The authenticator app, whose code is asked for beside the password. */
export function Authenticator({ added }: Readonly<{ added: boolean }>) {
  const { t } = useTranslation("account");
  return (
    <Section title={t("totp.title")} note={t(added ? "totp.on" : "totp.off")}>
      {added ? (
        <Removal
          label={t("totp.remove")}
          question={t("totp.sure")}
          done={t("totp.removed")}
          remove={(end_others) =>
            data(api.DELETE("/api/v1/auth/totp", { params: { query: { end_others } } }))
          }
        />
      ) : (
        <Add />
      )}
    </Section>
  );
}

function Add() {
  const { t } = useTranslation("account");
  const { reauthenticated, dialog } = useReauthentication();
  const begin = useMutation({
    mutationFn: () => reauthenticated(() => data(api.POST("/api/v1/auth/totp"))),
  });
  return (
    <>
      {begin.isError && <Failure error={begin.error} />}
      {begin.data ? (
        <Confirm {...begin.data} onCancel={begin.reset} />
      ) : (
        <div>
          <Button variant="contained" large busy={begin.isPending} onClick={() => begin.mutate()}>
            {t("totp.add")}
          </Button>
        </div>
      )}
      {dialog}
    </>
  );
}

type ConfirmProps = Readonly<{ secret: string; uri: string; onCancel: () => void }>;

function Confirm({ secret, uri, onCancel }: ConfirmProps) {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const [endOthers, setEndOthers] = useState(false);
  const { proof, field } = useFactorCode(["totp"]);
  const { reauthenticated, dialog } = useReauthentication();
  const confirm = useMutation({
    mutationFn: () =>
      reauthenticated(() =>
        signIn(
          "/api/v1/auth/totp/confirm",
          { code: proof?.code ?? "" },
          { query: { end_others: String(endOthers) } },
        ),
      ),
    onSuccess: (who) => {
      if (!who) return;
      toast({ text: t("totp.added") });
      void client.invalidateQueries({ queryKey: ["account"] });
    },
  });
  return (
    <>
      <Form
        submit={t("totp.confirm")}
        busy={confirm.isPending}
        error={confirm.error}
        onSubmit={() => confirm.mutate()}
        actions={
          <Button variant="outlined" tone="inherit" onClick={onCancel}>
            {t("cancel")}
          </Button>
        }
      >
        <p>{t("totp.scan")}</p>
        <QrCode text={uri} label={t("totp.qr")} />
        <p>
          <a href={uri}>{t("totp.open")}</a>
        </p>
        <p>
          {t("totp.type")} <code className={styles.secret}>{secret.match(/.{1,4}/g)?.join(" ")}</code>
        </p>
        {field}
        <EndOthers checked={endOthers} onChange={setEndOthers} />
      </Form>
      {dialog}
    </>
  );
}
