import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { api, data } from "~/api/client";
import type { CardFinding } from "~/api/types";
import { toPlain } from "~/ui/markdown/toHtml";
import { toCard, type Draft } from "./draft";

/** What is said of a card, and of which one. */
export type Checked = Readonly<{
  /** What it shows first, in a few words. */
  name: string;
  findings: readonly CardFinding[];
  /** A language model has looked, too. */
  byModel: boolean;
}>;

const LONGEST_NAME = 40;

/**
 * Has the server look at a card: facts, logic, title. Asks nothing of a card that lacks a side, and the same card once. It keeps
 * nobody from saving, and says nothing where nobody answers. `onFound` is called even when the page is left meanwhile.
 */
export function useCheck(onFound?: (checked: Checked) => void) {
  const last = useRef("");
  const check = useMutation({
    mutationFn: async (draft: Draft): Promise<Checked> => {
      const { kind, front, back, choices = [] } = toCard(draft);
      const body = { kind, front, back, choices };
      const { findings, by } = await data(api.POST("/api/v1/learning/cards/check", { body }));
      return { name: toPlain(front).slice(0, LONGEST_NAME), findings, byModel: by === "model" };
    },
    onSuccess: (checked) => {
      if (checked.findings.length > 0) onFound?.(checked);
    },
  });
  return {
    checked: check.data ?? null,
    checking: check.isPending,
    look: (draft: Draft) => {
      const { kind, front, back, choices = [] } = toCard(draft);
      const card = JSON.stringify([kind, front, back, choices]);
      if (!front || !back || (kind === "choice" && choices.length < 2) || card === last.current) return;
      last.current = card;
      check.mutate(draft);
    },
  };
}
