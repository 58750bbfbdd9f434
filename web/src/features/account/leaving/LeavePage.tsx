import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePerson } from "~/api/usePerson";
import { Page } from "~/ui/Page";
import { NothingKept } from "../NothingKept";
import { Farewell, type Left } from "./Farewell";
import { Leave } from "./Leave";

/** Has everything erased that is kept of a guest or an account. */
export default function LeavePage() {
  const { t } = useTranslation("account");
  const person = usePerson();
  const [left, setLeft] = useState<Left | null>(null);
  return (
    <Page title={t("leave.title")} {...(person && !left ? { lead: t("leave.lead") } : {})}>
      {left ? (
        <Farewell left={left} />
      ) : person ? (
        <Leave kind={person.kind} onLeft={setLeft} />
      ) : (
        <NothingKept />
      )}
    </Page>
  );
}
