import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, data } from "~/api/client";
import { forgetDevice } from "~/outbox/forgetDevice";
import { prefer, preferences } from "~/preferences/store";
import { Button } from "~/ui/Button";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";

/** Ends the session here. The account keeps everything; this device keeps language, look and region. */
export function SignOut() {
  const { t } = useTranslation("account");
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: async () => {
      const kept = preferences();
      await data(api.POST("/api/v1/auth/logout")); // has the browser clear whatever we stored
      await forgetDevice();
      prefer({ ...kept, name: null, teach: null });
    },
    onSuccess: () => {
      client.clear();
      toast({ text: t("signOut.done") });
      void navigate("/me", { replace: true });
    },
  });
  return (
    <Section title={t("signOut.title")} note={t("signOut.note")}>
      {leave.isError && <ErrorMessage error={leave.error} />}
      <div>
        <Button variant="outlined" tone="bad" busy={leave.isPending} onClick={() => leave.mutate()}>
          {t("signOut.title")}
        </Button>
      </div>
    </Section>
  );
}
