import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { useNext, withNext } from "~/ui/comeBack";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { YourThings } from "./profile/YourThings";
import { Events } from "./security/Events";
import { Sessions } from "./security/Sessions";
import { SignOut } from "./security/SignOut";

/** The account: how to get one, or where it is signed in and what happened to it. */
export default function AccountPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  if (person?.kind !== "account") return <Ways />;
  return (
    <Page title={t("title")} lead={t("lead", { name: person.name })}>
      <YourThings />
      <Mui>
        <Section title={t("security.title")}>
          <LinkList
            entries={[
              {
                icon: "person",
                title: t("security.link"),
                text: t("security.text"),
                to: "/account/security",
              },
            ]}
          />
        </Section>
        <Sessions />
        <Events />
        <SignOut />
      </Mui>
    </Page>
  );
}

function Ways() {
  const { t } = useTranslation("account");
  const next = useNext();
  return (
    <Page title={t("title")} lead={t("guestLead")}>
      <Section title={t("ways.title")}>
        <LinkList
          entries={[
            {
              icon: "person",
              title: t("signIn.title"),
              text: t("ways.signIn"),
              to: withNext("/account/sign-in", next),
            },
            {
              icon: "plus",
              title: t("register.title"),
              text: t("ways.register"),
              to: withNext("/account/register", next),
            },
            {
              icon: "device",
              title: t("newPasskey.title"),
              text: t("ways.passkey"),
              to: withNext("/account/passkey", next),
            },
          ]}
        />
      </Section>
      <Section title={t("ways.without")}>
        <LinkList
          entries={[
            { icon: "share", title: t("device.title"), text: t("ways.device"), to: "/account/device" },
            { icon: "history", title: t("recover.title"), text: t("ways.recover"), to: "/account/recover" },
          ]}
        />
      </Section>
      <YourThings />
    </Page>
  );
}
