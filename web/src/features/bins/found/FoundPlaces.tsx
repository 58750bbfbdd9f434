import type { Found } from "~/features/found";
import { LinkList } from "~/ui/LinkList";
import { Section } from "~/ui/Section";
import { writeAddress } from "../address";
import { usePlaces } from "../queries";

const MOST = 3;

/** Places that words name; each leads to the bins around it. */
export default function FoundPlaces({ words, title }: Found) {
  const { data = [] } = usePlaces(words.slice(0, 100));
  if (data.length === 0) return null;
  const entries = data.slice(0, MOST).map((place) => ({
    icon: "pin" as const,
    title: place.name,
    text: place.address ?? "",
    to: `/bins?${writeAddress({ kinds: [], point: place, place: place.name, bin: null }).toString()}`,
  }));
  return (
    <Section title={title}>
      <LinkList entries={entries} />
    </Section>
  );
}
