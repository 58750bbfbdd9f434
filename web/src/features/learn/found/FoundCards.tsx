import { useQuery } from "@tanstack/react-query";
import { api, data } from "~/api/client";
import type { Found } from "~/features/found";
import { LinkList } from "~/ui/LinkList";
import { Section } from "~/ui/Section";
import { toPlain } from "~/ui/markdown/toHtml";

const MOST = 3;
const MOST_LETTERS = 60;

/** Cards that have the words or their initial consonants, of all decks. */
export default function FoundCards({ words, title }: Found) {
  const asked = words.slice(0, 100);
  const { data: cards = [] } = useQuery({
    queryKey: ["learn", "found", asked],
    queryFn: () => data(api.GET("/api/v1/learning/cards", { params: { query: { q: asked, limit: MOST } } })),
  });
  const entries = cards.flatMap((card) => {
    const front = toPlain(card.front);
    const back = beginning(toPlain(card.back));
    return front || back
      ? [
          {
            icon: "cards" as const,
            title: front || back,
            text: front ? back : "",
            to: `/learn/cards/${card.id}`,
          },
        ]
      : [];
  });
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      <LinkList entries={entries} />
    </Section>
  );
}

/** Whole words, about as many as fit into three lines of a phone. */
function beginning(text: string): string {
  if (text.length <= MOST_LETTERS) return text;
  const words = text.slice(0, MOST_LETTERS).split(/\s+/u);
  return `${words.slice(0, -1).join(" ") || words.join(" ")}…`;
}
