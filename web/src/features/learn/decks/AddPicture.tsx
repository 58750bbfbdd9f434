import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import { Button } from "~/ui/Button";
import { addPicture } from "./server";
import styles from "./decks.module.css";

type Props = Readonly<{
  deck: string;
  onAdded: (picture: Readonly<{ id: string; markdown: string; url: string }>) => void;
}>;

/** Puts a picture of this device into a card. Made small here, and without the place where it was taken. */
export function AddPicture({ deck, onAdded }: Props) {
  const { t } = useTranslation("decks");
  const input = useRef<HTMLInputElement>(null);
  const add = useMutation({
    mutationFn: async (file: File) => {
      const { prepare } = await import("~/photo/prepare");
      return addPicture(deck, await prepare(file));
    },
    onSuccess: onAdded,
  });
  return (
    <div>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={t("editor.picture")}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) add.mutate(file);
          target.value = ""; // the same file may be chosen again
        }}
      />
      <Button
        variant="outlined"
        tone="inherit"
        icon="image"
        busy={add.isPending}
        onClick={() => input.current?.click()}
      >
        {t(add.isPending ? "editor.adding" : "editor.picture")}
      </Button>
      {add.isError && (
        <p className={styles.refused} role="alert">
          {describe(add.error).sentence}
        </p>
      )}
    </div>
  );
}
