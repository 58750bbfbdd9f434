import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mfa, Person } from "~/api/types";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { AlreadySignedIn } from "../AlreadySignedIn";
import { useSignedIn } from "../forms/useSignedIn";
import { FirstFactor } from "./FirstFactor";
import { SecondFactor } from "./SecondFactor";

/** Signs in to an account, by a passkey, a password or an account elsewhere; what a guest has comes along. */
export default function SignInPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  const signedIn = useSignedIn();
  const [mfa, setMfa] = useState<Mfa | null>(null);
  const [over, setOver] = useState<unknown>(null);
  const [email, setEmail] = useState("");
  const entered = (who: Person | null) => {
    toast({ text: t("signIn.done", { name: who?.name ?? "" }) });
    signedIn();
  };
  return (
    <Page title={t("signIn.title")} lead={t("signIn.lead")}>
      <Mui>
        {person?.kind === "account" ? (
          <AlreadySignedIn person={person} />
        ) : mfa ? (
          <SecondFactor
            mfa={mfa}
            onEntered={entered}
            onOver={(error) => {
              setOver(error);
              setMfa(null);
            }}
          />
        ) : (
          <FirstFactor email={email} onEmail={setEmail} over={over} onEntered={entered} onMfa={setMfa} />
        )}
      </Mui>
    </Page>
  );
}
