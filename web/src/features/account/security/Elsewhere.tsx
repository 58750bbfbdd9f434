import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { useFormat } from "~/i18n/format";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Section } from "~/ui/Section";
import { ProviderButtons, useProviderName, useProviders } from "../signIn/providers";
import { Removal } from "./Removal";
import { useIdentities } from "./useIdentities";
import styles from "../account.module.css";

/** Accounts elsewhere by which one signs in, and those that can be added. Nothing is shown where there are neither. */
export function Elsewhere() {
  const { t } = useTranslation("account");
  const providers = useProviders();
  const identities = useIdentities();
  const linked = identities.data ?? [];
  const others = providers.filter((name) => linked.every((each) => each.provider !== name));
  if (linked.length === 0 && others.length === 0 && !identities.isError) return null;
  return (
    <Section title={t("elsewhere.title")} note={t("elsewhere.note")}>
      {identities.isError && (
        <ErrorMessage error={identities.error} onRetry={() => void identities.refetch()} />
      )}
      {linked.length > 0 && (
        <ul className={styles.list}>
          {linked.map(({ provider, created_at: added }) => (
            <Entry key={provider} provider={provider} added={added} />
          ))}
        </ul>
      )}
      <ProviderButtons
        names={others}
        next="/account/security"
        label={(provider) => t("elsewhere.add", { provider })}
      />
    </Section>
  );
}

function Entry({ provider, added }: Readonly<{ provider: string; added: string }>) {
  const { t } = useTranslation("account");
  const { day } = useFormat();
  const name = useProviderName()(provider);
  return (
    <li className={styles.entry}>
      <span>
        <strong>{name}</strong>
        <small className={styles.small}>{t("elsewhere.added", { day: day(added) })}</small>
      </span>
      <Removal
        label={t("remove.title")}
        name={t("elsewhere.removeOf", { provider: name })}
        question={t("elsewhere.sure", { provider: name })}
        done={t("elsewhere.removed", { provider: name })}
        remove={(end_others) =>
          data(
            api.DELETE("/api/v1/auth/identities/{provider}", {
              params: { path: { provider: provider as "kakao" | "naver" | "google" }, query: { end_others } },
            }),
          )
        }
      />
    </li>
  );
}
