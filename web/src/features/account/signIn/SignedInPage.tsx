import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { describe } from "~/api/describe";
import { Problem } from "~/api/problem";
import { enter, person as whoIsHere } from "~/api/session";
import type { Mfa, Person } from "~/api/types";
import { Mui } from "~/design/Mui";
import { Button } from "~/ui/Button";
import { localPath, withNext } from "~/ui/comeBack";
import { EmptyState } from "~/ui/EmptyState";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { toast } from "~/ui/toast";
import { useFragment } from "~/ui/useFragment";
import { useSignedIn } from "../forms/useSignedIn";
import { useReauthentication } from "../security/useReauthentication";
import { takeLeft, rememberLeft } from "./left";
import { beginAt, useProviderName } from "./providers";
import { SecondFactor } from "./SecondFactor";
import { markShown } from "./wanted";

/** What the provider's callback brought, as `FinishIn` takes it. */
type Brought = Readonly<Record<"provider" | "state", string>> &
  Readonly<Partial<Record<"code" | "error" | "error_description" | "iss", string>>>;

function broughtBy(fragment: string): Brought | null {
  const given = Object.fromEntries(new URLSearchParams(fragment)) as Partial<Brought>;
  const { provider, state } = given;
  return provider && state ? { ...given, provider, state } : null;
}

type State =
  | Readonly<{ at: "working" }>
  | Readonly<{ at: "second"; mfa: Mfa }>
  | Readonly<{ at: "failed"; error: unknown }>;

/** Where somebody arrives who signed in elsewhere. The address brought it; only our own request signs in. */
export default function SignedInPage() {
  const { t } = useTranslation("account");
  const brought = broughtBy(useFragment());
  return (
    <Page title={t("signedIn.title")}>
      {brought ? (
        <Mui>
          <Finish key={brought.state} brought={brought} />
        </Mui>
      ) : (
        <EmptyState
          icon="person"
          title={t("signedIn.none")}
          actions={
            <Button variant="contained" to="/account/sign-in">
              {t("signIn.title")}
            </Button>
          }
        >
          <p>{t("signedIn.noneSentence")}</p>
        </EmptyState>
      )}
    </Page>
  );
}

function Finish({ brought }: Readonly<{ brought: Brought }>) {
  const { t } = useTranslation("account");
  const [state, setState] = useState<State>({ at: "working" });
  const [before] = useState(whoIsHere);
  const [left] = useState(takeLeft);
  const [next, setNext] = useState(left);
  const name = useProviderName()(brought.provider);
  const signedIn = useSignedIn();
  const navigate = useNavigate();
  const started = useRef(false);

  const entered = (who: Person | null, to: string | null) => {
    markShown();
    const linked = before?.kind === "account" && before.id === who?.id;
    toast({
      text: linked ? t("signedIn.linked", { provider: name }) : t("signIn.done", { name: who?.name ?? "" }),
    });
    signedIn(to);
  };
  const finish = async () => {
    const { provider, ...given } = brought;
    try {
      const entry = await enter("/api/v1/auth/oauth/{name}/finish", given, { name: provider });
      const to = left ?? localPath(entry.next);
      setNext(to);
      if (entry.mfa) setState({ at: "second", mfa: entry.mfa });
      else entered(entry.person, to);
    } catch (error) {
      setState({ at: "failed", error });
    }
  };
  useEffect(() => {
    if (started.current) return; // an attempt is finished once
    started.current = true;
    void finish();
  });

  if (state.at === "failed") return <Failed provider={brought.provider} error={state.error} next={next} />;
  if (state.at === "working")
    return (
      <>
        <p role="status">{t("signedIn.working", { provider: name })}</p>
        <Skeleton height="8rem" />
      </>
    );
  return (
    <SecondFactor
      mfa={state.mfa}
      onEntered={(who) => {
        entered(who, next);
      }}
      onOver={(error) => {
        if (error === null) void navigate(withNext("/account/sign-in", next), { replace: true });
        else setState({ at: "failed", error });
      }}
    />
  );
}

type FailedProps = Readonly<{ provider: string; error: unknown; next: string | null }>;

/** Why it came to nothing, and the ways on. Whoever was here before is still here. */
function Failed({ provider, error, next }: FailedProps) {
  const { t } = useTranslation("account");
  const navigate = useNavigate();
  const { confirmed, dialog } = useReauthentication();
  const nameOf = useProviderName();
  const { code } = error instanceof Problem ? error : { code: "" };
  const { sentence } = describe(error);
  const to = next ?? "/account";
  const begin = () => {
    rememberLeft(to);
    window.location.assign(beginAt(provider, to));
  };
  const ways = {
    again: (
      <Button key="again" variant="contained" onClick={begin}>
        {t("signedIn.again", { provider: nameOf(provider) })}
      </Button>
    ),
    confirm: (
      <Button
        key="confirm"
        variant="contained"
        onClick={() => {
          void confirmed().then((shown) => {
            if (shown) begin();
          });
        }}
      >
        {t("signedIn.confirm")}
      </Button>
    ),
    other: (
      <Button key="other" variant="outlined" to={withNext("/account/sign-in", next)}>
        {t("signedIn.other")}
      </Button>
    ),
    first: (
      <Button key="first" variant="contained" to={withNext("/account/sign-in", "/account/security")}>
        {t("signedIn.first")}
      </Button>
    ),
    account: (
      <Button key="account" variant="contained" to="/account">
        {t("already.action")}
      </Button>
    ),
    back: (
      <Button
        key="back"
        variant="outlined"
        tone="inherit"
        onClick={() => void navigate(to, { replace: true })}
      >
        {t("signedIn.back")}
      </Button>
    ),
  };
  const on = waysOn(code, whoIsHere());
  return (
    <>
      <EmptyState
        icon={code === "sign_in_denied" ? "person" : "warning"}
        tone={code === "sign_in_denied" ? "calm" : "bad"}
        title={t(code === "sign_in_denied" ? "signedIn.denied" : "signedIn.failed")}
        actions={on.map((way) => ways[way])}
      >
        <p role="alert">{sentence}</p>
      </EmptyState>
      {dialog}
    </>
  );
}

type Way = "again" | "confirm" | "other" | "first" | "account" | "back";

function waysOn(code: string, here: Person | null): readonly Way[] {
  if (code === "reauthentication_needed") return ["confirm", "back"];
  if (code === "identity_email_known") return ["first", "back"];
  if (code === "identity_taken") return ["account", "back"];
  return here?.kind === "account" ? ["again", "back"] : ["again", "other", "back"];
}
