import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { describe } from "~/api/describe";
import type { RoomFile } from "~/api/types";
import { useFormat } from "~/i18n/format";
import { Icon } from "~/icons/Icon";
import { Button } from "~/ui/Button";
import { Sheet } from "~/ui/Sheet";
import { fetchFile } from "../../store/files";
import { useBlob, useNear } from "./useBlob";
import styles from "./files.module.css";

/** Pixels of a thumbnail as it is shown. */
const WIDEST = 288;
const HIGHEST = 320;

type OfFile = Readonly<{ file: RoomFile }>;

/** The files of a message: pictures as they are, others to be downloaded. */
export function Files({ files }: Readonly<{ files: readonly RoomFile[] }>) {
  if (files.length === 0) return null;
  return (
    <ul className={styles.files}>
      {files.map((file) => (
        <li key={file.id}>{file.kind === "image" ? <Picture file={file} /> : <Download file={file} />}</li>
      ))}
    </ul>
  );
}

/** Its place has its size before it is here, so that nothing moves when it comes. */
function Picture({ file }: OfFile) {
  const { t } = useTranslation("chat");
  const [open, setOpen] = useState(false);
  const [place, near] = useNear<HTMLButtonElement>();
  const { data: blob, isError, refetch } = useBlob(file.id, "thumbnail", near);
  const [width, height] = [file.width ?? 1, file.height ?? 1];
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return (
    <>
      <button
        ref={place}
        type="button"
        className={styles.picture}
        style={{ width: `${(width * scale) / 16}rem`, aspectRatio: `${width} / ${height}` }}
        aria-label={t("files.show", { name: file.name })}
        onClick={() => {
          if (isError) void refetch();
          else setOpen(true);
        }}
      >
        {blob && <BlobImage blob={blob} alt="" width={width} height={height} />}
        {isError && <span className={styles.missing}>{t("files.notShown")}</span>}
      </button>
      {open && (
        <Shown
          file={file}
          before={blob}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

/** The whole picture; until it is here, its thumbnail. */
function Shown({
  file,
  before,
  onClose,
}: OfFile & Readonly<{ before: Blob | undefined; onClose: () => void }>) {
  const { t } = useTranslation("chat");
  const { data: blob = before, isError } = useBlob(file.id, "whole", true);
  const save = useSave(file);
  return (
    <Sheet title={file.name} onClose={onClose}>
      {blob && (
        <BlobImage
          className={styles.whole}
          blob={blob}
          alt={file.name}
          width={file.width ?? undefined}
          height={file.height ?? undefined}
        />
      )}
      {isError && <p role="alert">{t("files.notShown")}</p>}
      <Button variant="outlined" icon="download" busy={save.isPending} onClick={() => save.mutate()}>
        {t("files.save")}
      </Button>
    </Sheet>
  );
}

/** A picture that is here already. Its address on this page is given back when it is not shown any more. */
function BlobImage({ blob, alt, ...rest }: ComponentProps<"img"> & Readonly<{ blob: Blob; alt: string }>) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    if (!image.current) return;
    const address = URL.createObjectURL(blob);
    image.current.src = address;
    return () => {
      URL.revokeObjectURL(address);
    };
  }, [blob]);
  return <img ref={image} alt={alt} decoding="async" {...rest} />;
}

function Download({ file }: OfFile) {
  const { t } = useTranslation("chat");
  const format = useFormat();
  const save = useSave(file);
  return (
    <>
      <button
        type="button"
        className={styles.download}
        aria-label={t("files.download", { name: file.name })}
        aria-disabled={save.isPending || undefined}
        onClick={() => {
          if (!save.isPending) save.mutate();
        }}
      >
        <Icon name="download" size="1.375rem" />
        <span className={styles.name}>{file.name}</span>
        <span className={styles.size}>{format.bytes(file.size)}</span>
      </button>
      {save.isError && <p role="alert">{describe(save.error).sentence}</p>}
    </>
  );
}

function useSave({ id, name }: RoomFile) {
  return useMutation({
    mutationFn: () => fetchFile(id, "whole"),
    onSuccess(blob) {
      const address = URL.createObjectURL(blob);
      const link = Object.assign(document.createElement("a"), { href: address, download: name });
      link.click();
      setTimeout(() => {
        URL.revokeObjectURL(address); // some browsers begin to read it a little later
      }, 60_000);
    },
  });
}
