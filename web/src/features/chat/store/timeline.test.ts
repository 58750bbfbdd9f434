import { expect, it } from "vitest";
import { aMessage } from "~/test/chat";
import * as timeline from "./timeline";

const of = (...seqs: number[]): timeline.Timeline => ({
  ...timeline.NONE,
  messages: seqs.map((seq) => aMessage(seq)),
});
const seqs = ({ messages }: timeline.Timeline) => messages.map(({ seq }) => seq);

it("shows what comes as 9 and then 8 as 8, 9", () => {
  const late = timeline.withMessage(of(7), aMessage(9));
  expect(timeline.gapAfter(late)).toBe(7);
  const whole = timeline.withMessage(late, aMessage(8));
  expect(seqs(whole)).toEqual([7, 8, 9]);
  expect(timeline.gapAfter(whole)).toBeNull();
});

it("has each message once, by its id, as it was changed last", () => {
  const edited = aMessage(2, { rev: 5, content: "고친 말" });
  const known = { ...of(1, 2, 3), messages: [aMessage(1), edited, aMessage(3)] };
  const again = timeline.withOlder(known, [aMessage(1), aMessage(2)], false);
  expect(seqs(again)).toEqual([1, 2, 3]);
  expect(again.messages[1]?.content).toBe("고친 말");
});

it("takes no older change for a newer one, and none of a message that is not there", () => {
  const known = timeline.withChange(of(1), aMessage(1, { rev: 9, content: "zwei" }));
  expect(timeline.withChange(known, aMessage(1, { rev: 8, content: "eins" }))).toBe(known);
  expect(timeline.withChange(known, aMessage(7, { rev: 10 }))).toBe(known);
});

it("keeps the place and the text of an old message that somebody reacts to", () => {
  const signed = timeline.withChange(of(1, 2, 3), aMessage(1, { rev: 12, reactions: { "👍": ["guest_2"] } }));
  expect(seqs(signed)).toEqual([1, 2, 3]);
  expect(signed.messages[0]).toMatchObject({ content: "1", reactions: { "👍": ["guest_2"] } });
});

it("leaves nothing of a removed message but its place", () => {
  const gone = timeline.withoutContent(of(1, 2), "message-2", 8);
  expect(seqs(gone)).toEqual([1, 2]);
  expect(gone.messages[1]).toMatchObject({ deleted: true, content: "", rev: 8 });
});

it("makes no gap while somebody reads old messages", () => {
  const reading = { ...of(1, 2, 3), hasNewer: true };
  expect(timeline.withMessage(reading, aMessage(90))).toBe(reading);
});

it("forgets what is furthest away, and remembers that there is more", () => {
  const many = of(...Array.from({ length: timeline.MOST }, (_, index) => index + 101));
  const older = timeline.withOlder(
    many,
    Array.from({ length: 50 }, (_, index) => aMessage(index + 51)),
    true,
  );
  expect(older).toMatchObject({ hasOlder: true, hasNewer: true });
  expect([timeline.firstSeq(older), older.messages.length]).toEqual([51, timeline.MOST]);
  const newer = timeline.withNewer(older, [aMessage(timeline.MOST + 101)], false);
  expect(newer).toMatchObject({ hasOlder: true, hasNewer: false });
});

it("forgets what is kept no more, and looks for nothing older", () => {
  const kept = timeline.withoutBefore({ ...of(1, 2, 3), hasOlder: true }, 3);
  expect(seqs(kept)).toEqual([3]);
  expect(kept.hasOlder).toBe(false);
  const further = { ...of(7, 8), hasOlder: true };
  expect(timeline.withoutBefore(further, 5)).toBe(further); // 5 and 6 are still to be fetched
});
