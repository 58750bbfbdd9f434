import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { signIn } from "~/api/session";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";
import { EndOthers } from "../forms/EndOthers";
import { PasswordField } from "../forms/fields";
import { Form } from "../forms/Form";
import { useReauthentication } from "./useReauthentication";
import styles from "../account.module.css";

/** Another password, for who knows the current one. */
export function ChangePassword() {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [endOthers, setEndOthers] = useState(true);
  const { reauthenticated, dialog } = useReauthentication();
  const change = useMutation({
    mutationFn: () =>
      reauthenticated(() =>
        signIn("/api/v1/auth/change-password", {
          current_password: current,
          password,
          end_others: endOthers,
        }),
      ),
    onSuccess: async (who) => {
      if (!who) return;
      setCurrent("");
      setPassword("");
      toast({ text: t("password.done") });
      await client.invalidateQueries({ queryKey: ["account"] });
    },
  });
  return (
    <Section title={t("password.title")}>
      <Form
        submit={t("password.submit")}
        busy={change.isPending}
        error={change.error}
        onSubmit={() => change.mutate()}
      >
        <PasswordField
          kind="current-password"
          label={t("field.currentPassword")}
          value={current}
          onChange={setCurrent}
        />
        <PasswordField kind="new-password" value={password} onChange={setPassword} />
        <EndOthers checked={endOthers} onChange={setEndOthers} />
      </Form>
      <p className={styles.small}>
        {t("password.none")} <Link to="/account/forgot">{t("password.byMail")}</Link>
      </p>
      {dialog}
    </Section>
  );
}
