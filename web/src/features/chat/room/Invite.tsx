import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Room } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Button } from "~/ui/Button";
import { handOn } from "~/ui/sharing/handOn";
import { QrCode } from "~/ui/sharing/QrCode";
import { toast } from "~/ui/toast";
import { Refused } from "../Refused";
import { inviteTo } from "../store/server";
import forms from "../form.module.css";
import styles from "./sheets.module.css";

/** A link into a room, to be sent or scanned. It is made when somebody asks for it, and shown once. */
export function Invite({ room }: Readonly<{ room: Room }>) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const make = useMutation({ mutationFn: () => inviteTo(room._id) });
  if (!make.data)
    return (
      <div className={forms.form}>
        <p>{t("invite.note")}</p>
        {make.isError && <Refused error={make.error} />}
        <Button variant="contained" icon="link" busy={make.isPending} onClick={() => make.mutate()}>
          {t("invite.make")}
        </Button>
      </div>
    );
  const address = window.location.origin + make.data.path;
  return (
    <div className={forms.form}>
      <QrCode text={address} label={t("invite.qr")} />
      <p className={styles.address}>{address}</p>
      <p className={forms.note}>{t("invite.until", { date: format.moment(make.data.expires_at) })}</p>
      <Button
        variant="contained"
        icon="share"
        onClick={() => void handOn(address, room.name, () => toast({ text: t("invite.copied") }))}
      >
        {t("invite.share")}
      </Button>
    </div>
  );
}
