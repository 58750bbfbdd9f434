import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "~/ui/Button";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { Refused } from "../Refused";
import { DeviceNotices, usePushState } from "./DeviceNotices";
import { setShowsText, showsText } from "./push";
import styles from "./notifications.module.css";

/** Whether, and how, this device is told of new messages while the app is closed. */
export default function NotificationsPage() {
  const { t } = useTranslation("notifications");
  const state = usePushState();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <Section title={t("device")}>
        <DeviceNotices />
        {state === "on" && <ShowsText />}
      </Section>
      <Section title={t("rooms")} note={t("roomsNote")}>
        <div>
          <Button icon="speech" to="/chat">
            {t("toRooms")}
          </Button>
        </div>
      </Section>
    </Page>
  );
}

function ShowsText() {
  const { t } = useTranslation("notifications");
  const [shows, setShows] = useState(showsText);
  const change = useMutation({
    mutationFn: setShowsText,
    onMutate: setShows,
    onError: () => {
      setShows(showsText());
    },
  });
  return (
    <>
      <label className={styles.option}>
        <input
          type="checkbox"
          checked={shows}
          onChange={(event) => {
            change.mutate(event.target.checked);
          }}
        />
        <span>
          {t("showsText")}
          <small>{t("showsTextNote")}</small>
        </span>
      </label>
      {change.isError && <Refused error={change.error} />}
    </>
  );
}
