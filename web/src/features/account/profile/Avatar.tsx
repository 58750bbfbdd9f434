import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import type { Profile } from "~/api/types";
import { Icon } from "~/icons/Icon";
import type { PhotoErrorCode } from "~/photo/prepare";
import { Button } from "~/ui/Button";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorMessage } from "~/ui/ErrorMessage";
import { toast } from "~/ui/toast";
import { useKeepProfile } from "./useProfile";
import styles from "./profile.module.css";

/** Sends a picture, made small and without place and time before it leaves the device. Null takes it away. */
async function show(file: File | null): Promise<Profile> {
  if (!file) {
    await data(api.DELETE("/api/v1/users/me/avatar"));
    return data(api.GET("/api/v1/users/me"));
  }
  const { prepare } = await import("~/photo/prepare");
  const picture = await prepare(file);
  return data(
    api.PUT("/api/v1/users/me/avatar", {
      body: "",
      bodySerializer: () => picture,
      headers: { "Content-Type": picture.type || "application/octet-stream" },
    }),
  );
}

/** The picture that neighbours see. */
export function Avatar({ profile }: Readonly<{ profile: Profile }>) {
  const { t } = useTranslation("account");
  const files = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const keep = useKeepProfile();
  const change = useMutation({
    mutationFn: show,
    onSuccess: (now) => {
      if (!now.avatar_url) choose.current?.focus(); // the pressed button goes with the picture
      keep(now);
      toast({ text: t(now.avatar_url ? "picture.shown" : "picture.removed") });
    },
  });
  const url = profile.avatar_url;
  return (
    <>
      <div className={styles.avatar}>
        <span className={styles.disc}>
          {url ? (
            <img src={url} alt={t("picture.yours")} width={256} height={256} />
          ) : (
            <Icon name="person" size="3rem" />
          )}
        </span>
        <div className={styles.buttons}>
          <Button
            ref={choose}
            variant="outlined"
            icon="image"
            busy={change.isPending}
            onClick={() => files.current?.click()}
          >
            {t(url ? "picture.another" : "picture.choose")}
          </Button>
          {url && (
            <Button variant="outlined" tone="bad" busy={change.isPending} onClick={() => change.mutate(null)}>
              {t("picture.remove")}
            </Button>
          )}
        </div>
        <input
          ref={files}
          type="file"
          accept="image/*,.heic,.heif"
          hidden
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file) change.mutate(file);
            target.value = ""; // or choosing the same file again would be no change
          }}
        />
      </div>
      {change.isError && <PictureError error={change.error} />}
    </>
  );
}

const OURS: ReadonlySet<string> = new Set<PhotoErrorCode>([
  "photo_unreadable",
  "photo_broken",
  "photo_too_big",
  "photo_keeps_place",
]);

/** A file that this device refuses has no words of the platform's. */
function PictureError({ error }: Readonly<{ error: Error }>) {
  const { t } = useTranslation("account");
  if (!(error instanceof Problem) || !OURS.has(error.code)) return <ErrorMessage error={error} />;
  return (
    <div role="alert">
      <EmptyState icon="warning" tone="bad" title={t("picture.refused")}>
        <p>{t(`picture.${error.code as PhotoErrorCode}`)}</p>
      </EmptyState>
    </div>
  );
}
