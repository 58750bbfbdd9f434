import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import type { Passkey } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { AddPasskey } from "../passkeys/AddPasskey";
import { Removal } from "./Removal";
import styles from "../account.module.css";

/** The passkeys of the account: sign in without a password, by what unlocks the device. */
export function Passkeys() {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const passkeys = useQuery({
    queryKey: ["account", "passkeys"],
    queryFn: () => data(api.GET("/api/v1/auth/passkeys")),
    staleTime: 0,
  });
  return (
    <Section title={t("passkeys.title")} note={t("passkeys.note")}>
      {passkeys.isPending && <Skeleton height="4rem" />}
      {passkeys.isError && <ErrorMessage error={passkeys.error} onRetry={() => void passkeys.refetch()} />}
      {(passkeys.data?.length ?? 0) > 0 && (
        <ul className={styles.list}>
          {passkeys.data?.map((passkey) => (
            <Entry key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      <AddPasskey
        submit={t("passkeys.add")}
        mayEndOthers
        onAdded={() => {
          toast({ text: t("passkeys.added") });
          void client.invalidateQueries({ queryKey: ["account"] });
        }}
      />
    </Section>
  );
}

function Entry({
  passkey: { id, name, created_at: made, last_used_at: used },
}: Readonly<{ passkey: Passkey }>) {
  const { t } = useTranslation("account");
  const { ago, day } = useFormat();
  return (
    <li className={styles.entry}>
      <span>
        <strong>{name || t("passkeys.unnamed")}</strong>
        <small className={styles.small}>
          {t("passkeys.made", { day: day(made) })} ·{" "}
          {used ? t("passkeys.used", { ago: ago(used) }) : t("passkeys.unused")}
        </small>
      </span>
      <Removal
        label={t("remove.title")}
        name={t("passkeys.removeOf", { name })}
        question={t("passkeys.sure", { name })}
        done={t("passkeys.removed")}
        remove={(end_others) =>
          data(
            api.DELETE("/api/v1/auth/passkeys/{passkey_id}", {
              params: { path: { passkey_id: id }, query: { end_others } },
            }),
          )
        }
      />
    </li>
  );
}
