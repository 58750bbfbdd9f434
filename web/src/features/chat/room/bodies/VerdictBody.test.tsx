import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Message } from "~/api/types";
import { aMessage, aRoom } from "~/test/chat";
import { show } from "~/test/show";
import { VerdictBody } from "./VerdictBody";

type Verdict = NonNullable<Message["verdict"]>;

const CHOICES: Verdict["choices"] = [
  { value: "glass", label: "Glass", probability: 0.6 },
  { value: "metal", label: "Metal", probability: 0.35 },
  { value: "none", label: "None of these", probability: 0.05 },
];
const LATER = new Date(Date.now() + 3_600_000).toISOString();
const poll = CHOICES.map(({ label }) => ({ text: label, votes: [] as string[] }));

async function showVerdict(verdict: Partial<Verdict>, more: Partial<Message> = {}, me = "guest_9") {
  const message = aMessage(1, {
    type: "verdict",
    content: "Which is it?",
    poll,
    verdict: {
      state: "open",
      steps: [],
      owner: "guest_2",
      jobId: "job-1",
      choices: CHOICES,
      closesAt: LATER,
      ...verdict,
    },
    ...more,
  });
  const onShow = vi.fn();
  await show(<VerdictBody message={message} me={me} room={aRoom()} mentioned={[]} onShow={onShow} />, [
    "chat",
  ]);
  return onShow;
}

const choices = () => within(screen.getByRole("list", { name: "무엇일까요?" })).getAllByRole("button");

it("asks, with how likely each choice is by now", async () => {
  await showVerdict({});
  expect(screen.getByText("Which is it?")).toBeVisible();
  expect(choices().map((each) => each.textContent)).toEqual([
    expect.stringContaining("60%"),
    expect.stringContaining("35%"),
    expect.stringContaining("5%"),
  ]);
});

it("tells whose photo it is that a press settles it, and leads to the scan", async () => {
  await showVerdict({}, {}, "guest_2");
  expect(screen.getByText(/바로 정해져요/)).toBeVisible();
  expect(screen.getByRole("link", { name: "내 스캔 보기" })).toHaveAttribute("href", "/answers/job-1");
});

it("says what neighbours found out, and takes no votes any more", async () => {
  await showVerdict({
    state: "settled",
    settledBy: "neighbours",
    answer: 0,
    name: "Glass bottle",
    categoryName: "Glass",
    steps: ["Empty it.", "Rinse it."],
  });
  expect(screen.getByText("Glass bottle")).toBeVisible();
  expect(screen.getByText("이웃들이 알아냈어요")).toBeVisible();
  expect(screen.getAllByRole("listitem").map((each) => each.textContent)).toEqual(["Empty it.", "Rinse it."]);
  expect(screen.queryByRole("list", { name: "무엇일까요?" })).toBeNull();
});

it("lets the coach be doubted", async () => {
  await showVerdict({ state: "settled", settledBy: "coach", answer: 0 });
  expect(screen.getByText("다른 것 같아요")).toBeVisible();
});

it("leads to where the room found it out before", async () => {
  const onShow = await showVerdict({
    state: "settled",
    settledBy: "room",
    answer: 1,
    known: { messageId: "message-7", seq: 7, label: "Metal", at: "2026-11-01T03:00:00Z" },
  });
  screen.getByRole("button", { name: /이 방에서 알아냈어요/ }).click();
  expect(onShow).toHaveBeenCalledWith(7);
});

it("asks for words when nobody knew in time", async () => {
  await showVerdict({ state: "undecided", closesAt: "2026-11-01T03:00:00Z" });
  expect(screen.getByText(/아직 아무도 몰라요/)).toBeVisible();
  expect(screen.queryByRole("list", { name: "무엇일까요?" })).toBeNull();
});
