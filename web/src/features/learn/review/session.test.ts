import { expect, it } from "vitest";
import type { DueCard, DueCards } from "~/api/types";
import type { Entry } from "~/outbox/reviews/store";
import { millisecondsOf, pauseIn } from "../pauses";
import { isRight } from "./answer";
import { difference } from "./difference";
import { countsNow, EMPTY, nextCard, regraded, remaining, renewed, reviewed, total, undone } from "./session";

const card = (id: string, part: DueCard["part"] = "due") =>
  ({ id, part, preview: { again: "PT1M", hard: "PT330S", good: "P3D", easy: "P9D" } }) as DueCard;
const begun = { ...EMPTY, queue: [card("a"), card("b")] };
const done = (id: string, rating: "again" | "good") => ({
  review: `review of ${id}`,
  card: card(id),
  rating,
});

it("asks in the order of the server, and a step again when its time has come", () => {
  const session = reviewed(begun, done("a", "again"), 0);
  expect(nextCard(session, 0)?.id).toBe("b");
  expect(nextCard(session, 60_000)?.id).toBe("a");
  expect(remaining(session)).toBe(2);
});

it("asks a step before its time when nothing else is left, and nothing that is days away", () => {
  const session = reviewed(reviewed(begun, done("a", "again"), 0), done("b", "good"), 0);
  expect(nextCard(session, 1)?.id).toBe("a");
  expect(nextCard(reviewed(session, done("a", "good"), 2), 3)).toBeNull();
});

it("takes back the last review: its card is the next, and no step of it is left", () => {
  const session = undone(reviewed(reviewed(begun, done("a", "good"), 0), done("b", "again"), 0));
  expect([session.queue.map(({ id }) => id), session.later]).toEqual([["b"], []]);
  expect(session.done.map(({ card: { id } }) => id)).toEqual(["a"]);
  expect(undone(EMPTY)).toEqual(EMPTY);
});

it("asks nothing that the server does not know to be reviewed", () => {
  const session = reviewed(begun, done("a", "again"), 0);
  const now = renewed(session, [card("a"), card("b"), card("c")], new Set(["a"]));
  expect(now.queue.map(({ id }) => id)).toEqual(["b", "c"]);
  expect(now.later.map(({ card: { id } }) => id)).toEqual(["a"]);
  expect(renewed(session, [card("a")], new Set()).later).toEqual([]);
});

it("counts what is left when some was reviewed without a network", () => {
  const due = {
    cards: [card("a"), card("b", "new"), card("c", "step")],
    counts: { new: 4, learning: 1, review: 9 },
  } as DueCards;
  const entry = (id: string, rating: "again" | "good") => ({ kind: "review", card: id, rating }) as Entry;
  const counts = countsNow(due, [entry("a", "again"), entry("b", "good"), entry("elsewhere", "good")]);
  expect(counts).toEqual({ new: 3, learning: 2, review: 8 });
  expect(total(counts)).toBe(13);
});

it.each([
  ["PT1M", 60_000, "1분", "1 min"],
  ["PT330S", 330_000, "6분", "6 min"],
  ["PT10M", 600_000, "10분", "10 min"],
  ["PT2H", 7_200_000, "2시간", "2 hr"],
  ["P3D", 259_200_000, "3일", "3 days"],
  ["P75D", 6_480_000_000, "2.5개월", "2.5 mths"],
  ["P730D", 63_072_000_000, "2년", "2 yrs"],
])("says %s as people do", (written, milliseconds, ko, en) => {
  expect(millisecondsOf(written)).toBe(milliseconds);
  expect(pauseIn("ko", written)).toBe(ko);
  expect(pauseIn("en", written)).toBe(en);
});

it("takes a typed answer for right but for spacing, case, marks and how letters are put together", () => {
  const asked = {
    kind: "typed",
    front: "",
    back: "종량제 봉투",
    accepted: ["쓰레기봉투"],
  } as unknown as DueCard;
  for (const typed of ["종량제봉투", "종량제 봉투.".normalize("NFD"), " 쓰레기 봉투 "])
    expect(isRight(asked, typed)).toBe(true);
  for (const typed of ["", "...", "봉투"]) expect(isRight(asked, typed)).toBe(false);
  expect(isRight({ ...asked, kind: "title", front: "Glass" }, "glass")).toBe(true);
});

it("shows which words of a rule changed", () => {
  expect(difference("라벨을 떼고 투명 페트에", "라벨을 떼고 뚜껑을 닫아 투명 페트에")).toEqual([
    { kind: "same", text: "라벨을 떼고" },
    { kind: "added", text: "뚜껑을 닫아" },
    { kind: "same", text: "투명 페트에" },
  ]);
  expect(difference("가", "나")).toEqual([
    { kind: "gone", text: "가" },
    { kind: "added", text: "나" },
  ]);
  expect(difference("가 ".repeat(500), "나")).toHaveLength(2);
});

it("asks a card again, or no more, when it is graded otherwise afterwards", () => {
  const session = reviewed(begun, done("a", "good"), 0);
  const forgotten = regraded(session, "review of a", "again", 60_000);
  expect(forgotten.done.map(({ rating }) => rating)).toEqual(["again"]);
  expect(nextCard(forgotten, 60_000)?.id).toBe("a");
  expect(remaining(forgotten)).toBe(2);
  const known = regraded(forgotten, "review of a", "good", null);
  expect(remaining(known)).toBe(1);
  expect(nextCard(known, 60_000)?.id).toBe("b");
  expect(regraded(session, "of nothing", "again", 0)).toBe(session);
});

it("leaves a card at its place that was reviewed again before its first answer was graded otherwise", () => {
  const first = reviewed(begun, done("a", "again"), 0);
  const session = reviewed(first, { ...done("a", "good"), review: "the second" }, 60_000);
  const graded = regraded(session, "review of a", "again", 90_000);
  expect(remaining(graded)).toBe(1);
  expect(graded.done.map(({ rating }) => rating)).toEqual(["again", "good"]);
});
