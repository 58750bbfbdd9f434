/** What is asked of the server for cards that are brought along, and decks that are taken away. */
import { api, data } from "~/api/client";
import type { CardImport, DeckExport, DeckExportFormat, ImportFormat } from "~/api/types";
import { upload } from "~/photo/upload";

/** Where the cards go: a deck that is there, a new one, or what is left out: one for each deck of the file. */
export type Target = Readonly<{ deck_id?: string; deck_name?: string }>;

const FORMATS: Readonly<Record<string, ImportFormat>> = {
  apkg: "apkg",
  colpkg: "colpkg",
  csv: "csv",
  tsv: "csv",
  txt: "csv",
  json: "json",
};

/** For a file dialog. */
export const ENDINGS = Object.keys(FORMATS)
  .map((ending) => `.${ending}`)
  .join(",");

/** What a file is by the end of its name; null for what no cards are read from. */
export function formatOf({ name }: Readonly<{ name: string }>): ImportFormat | null {
  return FORMATS[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? null;
}

type Sending = Readonly<{
  file: File;
  format: ImportFormat;
  target: Target;
  /** One for each file that somebody chooses: sent again after a failure, it is the same import. */
  key: string;
  signal: AbortSignal;
  onProgress: (share: number) => void;
}>;

/**
 * Sends a file of cards. Resolves when the server begins to read it. Throws a Problem, and for `signal` an AbortError: then
 * the server forgets the import, which would count among those that are not done.
 */
export async function sendFile({
  file,
  format,
  target,
  key,
  signal,
  onProgress,
}: Sending): Promise<CardImport> {
  const { import_id, ...ticket } = await data(
    api.POST("/api/v1/learning/imports", {
      body: { format, size: file.size, ...target },
      headers: { "Idempotency-Key": key },
    }),
  );
  const one = { params: { path: { import_id } } };
  try {
    signal.throwIfAborted();
    await upload(ticket, file, { signal, onProgress });
    return await data(api.POST("/api/v1/learning/imports/{import_id}/complete", { ...one, signal }));
  } catch (error) {
    // Nobody waits for the answer: where it does not arrive, the server forgets the import by itself.
    if (signal.aborted) void api.DELETE("/api/v1/learning/imports/{import_id}", one).catch(() => undefined);
    throw error;
  }
}

/** The newest first. */
export function listImports(): Promise<CardImport[]> {
  return data(api.GET("/api/v1/learning/imports"));
}

export function askForExport(deck_id: string, format: DeckExportFormat, key: string): Promise<DeckExport> {
  return data(
    api.POST("/api/v1/learning/exports", {
      body: { deck_id, format },
      headers: { "Idempotency-Key": key },
    }),
  );
}

export function getExport(export_id: string): Promise<DeckExport> {
  return data(api.GET("/api/v1/learning/exports/{export_id}", { params: { path: { export_id } } }));
}

/** Whether the server still works on it. */
export function isOpen({ state }: Pick<CardImport | DeckExport, "state">): boolean {
  return state === "waiting" || state === "working";
}
