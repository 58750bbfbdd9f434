import { useTranslation } from "react-i18next";
import { Mui } from "~/design/Mui";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { Skeleton } from "~/ui/Loading";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { Avatar } from "./Avatar";
import { Building } from "./Building";
import { Consent } from "./Consent";
import { LanguageOfMails } from "./LanguageOfMails";
import { Mails } from "./Mails";
import { Name } from "./Name";
import { Region } from "./Region";
import { Reminder } from "./Reminder";
import { TimeZone } from "./TimeZone";
import { useProfile } from "./useProfile";

/** What a guest or an account says of themselves; the same on all their devices. */
export default function ProfilePage() {
  const { t } = useTranslation("account");
  const { data: profile, error, isPending, refetch } = useProfile();
  return (
    <Page title={t("profile.title")} lead={t("profile.lead")}>
      {isPending && (
        <div aria-busy>
          <Skeleton height="16rem" />
        </div>
      )}
      {error && !profile && <ErrorMessage error={error} onRetry={() => void refetch()} />}
      {profile && (
        <Mui>
          <Section title={t("profile.shown")} note={t("profile.shownNote")}>
            <Avatar profile={profile} />
            <Name profile={profile} />
          </Section>
          <Section title={t("profile.home")} note={t("profile.homeNote")}>
            <Region />
            <Building profile={profile} />
          </Section>
          <Section title={t("profile.language")} note={t("profile.languageNote")}>
            <LanguageOfMails />
          </Section>
          <Section title={t("profile.reminders")} note={t("profile.remindersNote")}>
            <Reminder profile={profile} />
            <TimeZone profile={profile} />
            <Mails profile={profile} />
          </Section>
          <Section title={t("profile.training")} note={t("profile.trainingNote")}>
            <Consent />
          </Section>
        </Mui>
      )}
    </Page>
  );
}
