import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Mui } from "~/design/Mui";
import { LinkList } from "~/ui/LinkList";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { YourThings } from "./profile/YourThings";
import { ChangeEmail } from "./security/ChangeEmail";
import { ChangePassword } from "./security/ChangePassword";
import { Events } from "./security/Events";
import { Sessions } from "./security/Sessions";
import { SignOut } from "./security/SignOut";

/** The account: how to get one, or what keeps it safe. */
export default function AccountPage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  if (person?.kind !== "account") return <Ways />;
  return (
    <Page title={t("title")} lead={t("lead", { name: person.name })}>
      <YourThings />
      <Mui>
        <Sessions />
        <ChangePassword />
        <ChangeEmail />
        <Events />
        <SignOut />
      </Mui>
    </Page>
  );
}

function Ways() {
  const { t } = useTranslation("account");
  return (
    <Page title={t("title")} lead={t("guestLead")}>
      <Section title={t("ways.title")}>
        <LinkList
          entries={[
            { icon: "plus", title: t("register.title"), text: t("ways.register"), to: "/account/register" },
            { icon: "person", title: t("signIn.title"), text: t("ways.signIn"), to: "/account/sign-in" },
          ]}
        />
      </Section>
      <Section title={t("ways.without")}>
        <LinkList
          entries={[
            { icon: "device", title: t("device.title"), text: t("ways.device"), to: "/account/device" },
            { icon: "history", title: t("recover.title"), text: t("ways.recover"), to: "/account/recover" },
          ]}
        />
      </Section>
      <YourThings />
    </Page>
  );
}
