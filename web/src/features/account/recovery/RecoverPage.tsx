import TextField from "@mui/material/TextField";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { signIn } from "~/api/session";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { useFragment } from "~/ui/useFragment";
import { Form } from "../forms/Form";
import { useSignedIn } from "../forms/useSignedIn";

/** Goes on here as the guest of another device. Whom the code opens is shown before it is used. */
export default function RecoverPage() {
  const { t } = useTranslation("account");
  const scanned = useFragment();
  const [typed, setTyped] = useState("");
  const code = scanned || typed.trim();
  const look = useMutation({
    mutationFn: () => data(api.POST("/api/v1/auth/recover/preview", { body: { code } })),
  });
  const found = look.data;
  return (
    <Page title={t("recover.title")} lead={t("recover.lead")}>
      <Mui>
        {found ? (
          <Found
            code={code}
            name={found.user.username}
            since={found.created_at}
            onCancel={() => {
              look.reset();
            }}
          />
        ) : (
          <Section title={t("recover.form")} note={t(scanned ? "recover.scanned" : "recover.note")}>
            <Form
              submit={t("recover.look")}
              busy={look.isPending}
              error={look.error}
              onSubmit={() => look.mutate()}
            >
              {!scanned && (
                <TextField
                  label={t("recover.words")}
                  value={typed}
                  onChange={(event) => {
                    setTyped(event.target.value);
                  }}
                  multiline
                  minRows={3}
                  autoComplete="off"
                  slotProps={{ htmlInput: { required: true, autoCapitalize: "none", spellCheck: false } }}
                />
              )}
            </Form>
          </Section>
        )}
      </Mui>
    </Page>
  );
}

type FoundProps = Readonly<{ code: string; name: string; since: string; onCancel: () => void }>;

function Found({ code, name, since, onCancel }: FoundProps) {
  const { t } = useTranslation("account");
  const { day } = useFormat();
  const person = usePerson();
  const signedIn = useSignedIn();
  const use = useMutation({
    mutationFn: () => signIn("/api/v1/auth/recover", { code }),
    onSuccess: () => {
      toast({ text: t("recover.done", { name }) });
      signedIn();
    },
  });
  return (
    <Section
      title={t("recover.found", { name })}
      note={t(person ? "recover.along" : "recover.alone", { day: day(since) })}
    >
      <Form
        submit={t("recover.submit")}
        busy={use.isPending}
        error={use.error}
        onSubmit={() => use.mutate()}
        actions={
          <Button variant="outlined" tone="inherit" onClick={onCancel}>
            {t("cancel")}
          </Button>
        }
      />
    </Section>
  );
}
