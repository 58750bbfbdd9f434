import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Mui } from "~/design/Mui";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { useFragment } from "~/ui/useFragment";
import { Form } from "../forms/Form";
import { isElsewhere, useElsewhere } from "./useElsewhere";

/** The link's secret; and the password, once the platform asks for it in another browser than the one that asked. */
type Given = Readonly<{ token: string; password: string | null }>;

type Props = Readonly<{
  title: string;
  /** What the button is about, as a question, and what follows from pressing it. */
  question: string;
  note: string;
  submit: string;
  /** Answers with what was done, in a sentence; null where it leads on by itself. */
  act: (given: Given) => Promise<string | null>;
  /** What has to be typed. */
  children?: ReactNode;
}>;

/** A page that a mail leads to. Nothing happens before a button is pressed: programs that look through mail open links. */
export function LinkPage({ title, question, note, submit, act, children }: Props) {
  const { t } = useTranslation("account");
  const token = useFragment();
  const [done, setDone] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: (password: string | null) => act({ token, password }),
    onSuccess: setDone,
  });
  const { password, field } = useElsewhere(send.error);
  return (
    <Page title={title}>
      {done ? (
        <EmptyState
          icon="check"
          title={done}
          actions={
            <Button variant="contained" to="/account">
              {t("link.on")}
            </Button>
          }
        />
      ) : token ? (
        <Mui>
          <Section title={question} note={note}>
            <Form
              submit={submit}
              busy={send.isPending}
              error={isElsewhere(send.error) ? null : send.error}
              onSubmit={() => send.mutate(password)}
            >
              {children}
              {field}
            </Form>
          </Section>
        </Mui>
      ) : (
        <EmptyState icon="warning" title={t("link.none")}>
          <p>{t("link.noneSentence")}</p>
        </EmptyState>
      )}
    </Page>
  );
}
