import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { Item, JobStatus, Result } from "~/api/types";
import { forgetSession } from "~/api/session";
import { prefer, preferences } from "~/preferences/store";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { ItemCard } from "./ItemCard";

const rule = { id: "glass-bottle", version: "1", source: "지침 별표 1", date: "2026-11-20", verified: false };

const bottle: Item = {
  label: "bottle",
  item: "glass-bottle",
  name: "유리병",
  material: "glass",
  form: "bottle",
  said: false,
  confidence: 0.8,
  mixed: false,
  tags: [],
  parts: [{ name: "금속 뚜껑", material: "metal", category: "can", category_name: "캔류" }],
  disposal: {
    category: "glass",
    category_name: "유리병류",
    steps: ["물로 헹궈요.", "유리병 수거함에 넣어요."],
    signs: ["rinse", null],
    why: "녹여서 다시 병으로 만들어요.",
    rule,
  },
};
const unsure: Item = {
  ...bottle,
  question: {
    text: "어느 것에 가장 가까운가요?",
    choices: [
      { value: "glass", label: "유리", rank: 1, group: "likely" },
      { value: "paper", label: "종이", rank: 2, group: "other" },
      { value: "battery", label: "전지·배터리", rank: 3, group: "hazard" },
    ],
  },
};
const change = { tag: "broken", name: "깨졌어요", category: "incombustible", category_name: "불연성 마대" };

const kinds = [
  { value: "carton", name: "종이팩", hazard: false },
  { value: "battery", name: "전지·배터리", hazard: true },
];

const resultOf = (item: Item): Result => ({
  items: [item],
  feedback: "",
  models: { classifier: "material@1" },
  waste_type: item.disposal.category,
  confidence: item.confidence,
});
const statusOf = (item: Item): JobStatus => ({
  job_id: "1",
  status: "done",
  progress: 100,
  stage: "done",
  message: "",
  result: resultOf(item),
});

const jar = { item: "glass-jar", name: "잼병", category: "glass", category_name: "유리병류" };
const right = (consent: boolean) => ({ to: "correct", item: 2, confirm: true, consent });

type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** Answers one after the other; the last one again and again. */
function inTurn(...answers: Answer[]): () => Answer {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)] ?? {};
}

async function card(item: Item, ...replies: Answer[]) {
  const reply = inTurn(...replies, ...(replies.length ? [] : [{ body: statusOf(bottle) }]));
  const { asked } = fakeServer(({ path }) => {
    if (path.endsWith("/guest"))
      return {
        body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
      };
    if (path.endsWith("/kinds")) return { body: kinds };
    if (path.includes("/items/")) return { body: { ...bottle, synonyms: [], changes: [change] } };
    return path.includes("/jobs/") ? reply() : { body: [] };
  });
  await show(<ItemCard jobId="1" item={item} index={2} result={resultOf(item)} picture={null} />, [
    "coach",
    "advice",
    "search",
    "words",
  ]);
  return () =>
    asked
      .filter(({ path }) => path.includes("/jobs/"))
      .map(({ path, body }) => ({ to: path.split("/").at(-1), ...(JSON.parse(body) as object) }));
}

const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  forgetSession();
  prefer({ teach: null });
});

describe("an answer", () => {
  it("marks a state that a model saw in the photo and leaves it to the person", async () => {
    await card({ ...bottle, seen_tags: ["broken"] });
    const broken = await screen.findByRole("button", { name: /깨졌어요.*사진에 있나요/ });
    expect(broken).toHaveAttribute("aria-pressed", "false");
  });

  it("says what it is, how sure that is, what to do, what goes elsewhere, why, and who says so", async () => {
    await card(bottle);
    expect(screen.getByRole("heading", { name: "유리병" })).toBeInTheDocument();
    expect(screen.getByText("아마 맞을 거예요")).toBeInTheDocument();
    const how = screen.getByRole("region", { name: "버리는 방법" });
    expect(
      within(how)
        .getAllByRole("listitem")
        .map((step) => step.textContent),
    ).toEqual(bottle.disposal.steps);
    expect(screen.getByText("금속 뚜껑").closest("li")).toHaveTextContent("캔류");
    expect(screen.getByText(/지침 별표 1/)).toHaveTextContent("출처와 아직 대조하지 못했어요");
  });

  it("shows a state at once and sends it for this very item", async () => {
    const said = await card(bottle);
    await userEvent.click(await screen.findByRole("button", { name: /깨졌어요/ }));
    expect(screen.getByRole("button", { name: /깨졌어요/ })).toHaveAttribute("aria-pressed", "true");
    await expect
      .poll(said)
      .toEqual([{ to: "answer", item: 2, tags: ["broken"], confirm: false, consent: false }]);
  });

  it("takes a state back that the platform did not take", async () => {
    await card(bottle, problem(409, "answer_conflict"));
    await userEvent.click(await screen.findByRole("button", { name: /깨졌어요/ }));
    await expect
      .poll(() => screen.getByRole("button", { name: /깨졌어요/ }).getAttribute("aria-pressed"))
      .toBe("false");
  });

  it("is confirmed, and asks once whether it may be learnt from", async () => {
    const said = await card(bottle);
    await press("맞아요");
    await screen.findByText(/인공지능 학습에 써도 될까요/);
    expect(screen.getByRole("group", { name: "답이 맞나요?" })).toHaveFocus();
    await press("아니요");
    expect(preferences().teach).toBe(false);
    expect(screen.getByText("고마워요. 큰 도움이 돼요.")).toBeInTheDocument();
    await expect.poll(said).toEqual([right(false)]);
  });

  it("is learnt from only after a yes, which holds for what is said later", async () => {
    const said = await card(bottle);
    await press("맞아요");
    await screen.findByText(/인공지능 학습에 써도 될까요/);
    expect(said()).toEqual([right(false)]);
    await press("네, 쓰세요");
    await screen.findByText("고마워요. 큰 도움이 돼요.");
    expect(said()).toEqual([right(false), right(true)]);
    cleanup();
    const later = await card({ ...bottle, alternatives: [jar] });
    await press("맞아요");
    await screen.findByText("고마워요. 큰 도움이 돼요.");
    await press("잼병");
    await expect
      .poll(later)
      .toEqual([right(true), { to: "correct", item: 2, value: "glass-jar", confirm: false, consent: true }]);
  });

  it("is never learnt from after a no", async () => {
    prefer({ teach: false });
    const said = await card(bottle);
    await press("맞아요");
    await screen.findByText("고마워요. 큰 도움이 돼요.");
    expect(said()).toEqual([right(false)]);
  });

  it("thanks for nothing that did not arrive, and takes another try", async () => {
    const said = await card(bottle, problem(500, "internal"), { body: statusOf(bottle) });
    await press("맞아요");
    expect(await screen.findByText("about internal")).toBeInTheDocument();
    expect(screen.queryByText("고마워요. 큰 도움이 돼요.")).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "맞아요" })).toHaveFocus();
    await press("맞아요");
    await screen.findByText(/인공지능 학습에 써도 될까요/);
    await press("아니요");
    expect(screen.queryByText("about internal")).not.toBeInTheDocument();
    expect(said()).toEqual([right(false), right(false)]);
  });

  it("remembers a yes whose photo was refused, so that it can be taken back", async () => {
    const said = await card(bottle, { body: statusOf(bottle) }, "silence", { body: statusOf(bottle) });
    await press("맞아요");
    await screen.findByText(/인공지능 학습에 써도 될까요/);
    await press("네, 쓰세요");
    expect(await screen.findByText(/인터넷 연결을 확인/)).toBeInTheDocument();
    expect(preferences().teach).toBe(true);
    await press("맞아요");
    await screen.findByText("고마워요. 큰 도움이 돼요.");
    expect(said()).toEqual([right(false), right(true), right(true)]);
  });

  it("shows why an alternative was not taken, and nothing of it where something else is said", async () => {
    await card({ ...bottle, alternatives: [jar] }, problem(409, "answer_conflict"));
    await press("잼병");
    expect(await screen.findByText("about answer_conflict")).toBeInTheDocument();
    await press("아니에요");
    expect(screen.getByRole("combobox", { name: "말로 적기" })).toHaveFocus();
    expect(screen.queryByText("about answer_conflict")).not.toBeInTheDocument();
    await press("그만두기");
    expect(screen.getByRole("article")).toHaveFocus();
  });

  it("does not say that somebody told it what is only likely", async () => {
    await card({ ...bottle, confidence: 1 });
    expect(screen.getByText("거의 확실해요")).toBeInTheDocument();
  });

  it("is corrected by its kind", async () => {
    const said = await card(bottle);
    await press("아니에요");
    expect(screen.getByRole("combobox", { name: "말로 적기" })).toHaveFocus();
    const carton = await screen.findByRole("button", { name: "종이팩" });
    expect(screen.getByRole("group", { name: "봉투에 넣으면 위험해요" })).toHaveTextContent("전지·배터리");
    await userEvent.click(carton);
    await expect
      .poll(said)
      .toEqual([{ to: "correct", item: 2, value: "carton", confirm: false, consent: false }]);
  });
});

describe("a question", () => {
  it("hides advice that may be wrong, and takes one of its choices", async () => {
    const said = await card(unsure);
    expect(screen.queryByRole("region", { name: "버리는 방법" })).not.toBeInTheDocument();
    await press("유리");
    await expect
      .poll(said)
      .toEqual([{ to: "answer", item: 2, value: "glass", confirm: false, consent: false }]);
  });

  it("has every other kind and what is dangerous below", async () => {
    const said = await card(unsure);
    expect(
      within(screen.getByRole("group", { name: "다른 것이라면" })).getByRole("button", { name: "종이" }),
    ).toBeInTheDocument();
    await userEvent.click(
      within(screen.getByRole("group", { name: "봉투에 넣으면 위험해요" })).getByRole("button"),
    );
    await expect
      .poll(said)
      .toEqual([{ to: "answer", item: 2, value: "battery", confirm: false, consent: false }]);
  });

  it("has a way out in one's own words, which stay when they say nothing to us", async () => {
    const said = await card(unsure, problem(422, "answer_unknown"));
    await userEvent.type(screen.getByRole("combobox", { name: "말로 적기" }), "무언가{Enter}");
    expect(await screen.findByText("about answer_unknown")).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "말로 적기" })).toHaveValue("무언가");
    expect(said()).toEqual([{ to: "answer", item: 2, text: "무언가", confirm: false, consent: false }]);
  });
});
