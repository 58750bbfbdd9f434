import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { mailKindValues } from "~/api/generated/schema";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { useFragment } from "~/ui/useFragment";
import { Form } from "../forms/Form";

/**
 * Where a mail's “no more of these” leads. The address works without signing in, and for whoever has it; nothing happens
 * before the button is pressed, since programs that look through mail open addresses, too.
 */
export default function UnsubscribePage() {
  const { t } = useTranslation("account");
  const token = useFragment();
  const stop = useMutation({
    mutationFn: () => data(api.POST("/api/v1/users/unsubscribe", { params: { query: { token } } })),
  });
  const kind = mailKindValues.find((one) => one === stop.data?.kind);
  const preferences = (
    <Button variant={stop.isSuccess ? "contained" : "text"} to="/account/profile">
      {t("unsubscribe.preferences")}
    </Button>
  );
  return (
    <Page title={t("unsubscribe.title")}>
      {stop.isSuccess ? (
        <EmptyState icon="check" title={t("unsubscribe.done")} actions={preferences}>
          {kind && <p>{t("unsubscribe.stops", { kind: t(`mails.${kind}`) })}</p>}
          <p>{t("unsubscribe.others")}</p>
        </EmptyState>
      ) : token ? (
        <Section title={t("unsubscribe.form")} note={t("unsubscribe.note")}>
          <Form
            submit={t("unsubscribe.submit")}
            busy={stop.isPending}
            error={stop.error}
            onSubmit={() => stop.mutate()}
            actions={preferences}
          />
        </Section>
      ) : (
        <EmptyState icon="warning" title={t("link.none")} actions={preferences}>
          <p>{t("link.noneSentence")}</p>
        </EmptyState>
      )}
    </Page>
  );
}
