import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { clearList } from "~/outbox/reviews/list";
import { makeConnection, type SocketConnection } from "~/realtime/socket";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { startSocketServer } from "~/test/socketServer";
import { Toasts } from "~/ui/toast";
import ReviewPage from "./ReviewPage";

let connection: SocketConnection | null = null;

// The page's own, at the address of a server of this test.
vi.mock("~/realtime/socket", async (original) => ({
  ...(await original<object>()),
  tabConnection: { subscribe: (callbacks: never) => connection?.subscribe(callbacks) },
}));

const card = (id: string, more: object = {}) => ({
  id,
  deck_id: "deck",
  kind: "flip",
  front: `앞 ${id}`,
  back: `뒤 ${id}`,
  choices: [],
  accepted: [],
  tags: [],
  media: {},
  item: null,
  before: null,
  hard: false,
  lapses: 0,
  part: "due",
  preview: { again: "PT10M", hard: "P2D", good: "P3D", easy: "P7D" },
  ...more,
});

type Sent = { id: string; card_id: string; rating: string; answer?: string };

let log: Sent[] = [];
let undone: string[] = [];
let grade: object | null = null;

/** What is due, and a log that takes reviews: what was reviewed is due no more. */
function serve(cards: readonly { id: string }[]) {
  const server = fakeServer(({ method, path, body }) => {
    if (path.includes("/auth/"))
      return {
        body: {
          access_token: "t",
          refresh_token: "r",
          expires_in: 3600,
          user: { id: "guest_1", username: "" },
        },
      };
    if (path.endsWith("/batch")) {
      const { reviews } = JSON.parse(body) as { reviews: Sent[] };
      log.push(...reviews);
      return { body: { results: reviews.map(({ id }) => ({ id, status: "kept" })), counts: {} } };
    }
    if (path.endsWith("/reviews")) {
      if (!grade) return problem(404, "card_missing");
      const said = JSON.parse(body) as Sent;
      log.push({ ...said, card_id: path.split("/").at(-2) ?? "", rating: "good" });
      return { body: { id: said.id, card: cards[0], grade } };
    }
    if (method === "PATCH") {
      const review = log.find(({ id }) => path.endsWith(id));
      if (review) Object.assign(review, JSON.parse(body));
      return { body: {} };
    }
    if (method === "DELETE") {
      undone.push(path.split("/").at(-1) ?? "");
      return { status: 204 };
    }
    const left = cards.filter(({ id }) => !log.some((one) => one.card_id === id && !undone.includes(one.id)));
    return { body: { cards: left, counts: { new: 0, learning: 0, review: left.length }, day: "2026-11-30" } };
  });
  return {
    server,
    said: () => log.filter(({ id }) => !undone.includes(id)).map((one) => `${one.card_id} ${one.rating}`),
  };
}

const review = () => show(<ReviewPage />, ["learn"], "/learn/review");

/** A server that pushes, and the grade that it pushes of the last review. */
async function pushing() {
  const sockets = await startSocketServer();
  connection = makeConnection(sockets.origin, 0);
  onTestFinished(() => sockets.stop());
  const graded = (rating: "again" | "hard" | "good", due_at: string | null = null) => {
    const score = rating === "again" ? 30 : 90;
    sockets.emit("cardGraded", {
      review_id: log.at(-1)?.id,
      card_id: "a",
      grade: { score, threshold: 70, missing: [], by: "model", rating, waiting: false },
      model_answered: true,
      state: 2,
      due_at,
    });
  };
  return { sockets, graded };
}

beforeEach(() => {
  connection = makeConnection("http://127.0.0.1:1", 0);
  vi.stubGlobal("BroadcastChannel", undefined);
  makeFakeDatabase();
  clearList();
  log = [];
  undone = [];
  grade = null;
});

it("is done by keys alone: space turns, 1 to 4 rate, u takes back", async () => {
  const { said } = serve([card("a"), card("b")]);
  await review();
  await screen.findByText("앞 a");
  expect(screen.queryByText("뒤 a")).toBeNull();
  await userEvent.keyboard(" ");
  expect(screen.getByRole("group", { name: "답" })).toHaveFocus();
  expect(screen.getByRole("button", { name: /기억났어요/ })).toHaveTextContent("3일");
  expect(screen.getByRole("button", { name: /잊었어요/ })).toHaveTextContent("10분");
  await userEvent.keyboard("2");
  await screen.findByText("앞 b");
  await userEvent.keyboard("u");
  await screen.findByText("앞 a");
  await userEvent.keyboard("{Enter}4");
  await screen.findByText("앞 b");
  await userEvent.keyboard("  ");
  await screen.findByRole("heading", { name: "오늘 할 만큼 했어요" });
  await waitFor(() => expect(said()).toEqual(["a easy", "b good"]));
});

it("lets the person grade what no server has graded, and sends what was typed", async () => {
  serve([card("a", { kind: "typed", back: "캔류" })]);
  await review();
  await userEvent.type(await screen.findByRole("textbox", { name: "답을 적어 주세요" }), "유리{Enter}");
  expect(await screen.findByText("달라요")).toBeInTheDocument();
  await userEvent.keyboard("{Enter}"); // what is suggested: forgotten
  await waitFor(() => expect(log[0]).toMatchObject({ card_id: "a", rating: "again", answer: "유리" }));
});

it("shows how an answer was graded and what it lacks; one press overrules", async () => {
  grade = { score: 80, threshold: 70, missing: ["헹구기"], by: "model", rating: "good", waiting: false };
  const { said } = serve([card("a", { kind: "recall" })]);
  await review();
  await userEvent.type(
    await screen.findByRole("textbox", { name: "기억나는 대로 적어 주세요" }),
    "비우고 버려요",
  );
  await userEvent.click(screen.getByRole("button", { name: "확인하기" }));
  expect(await screen.findByText(/80점이에요. 70점부터/)).toHaveTextContent("AI가 채점했어요.");
  expect(screen.getByText("빠진 것: 헹구기")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: /어려웠어요/ }));
  await waitFor(() => expect(said()).toEqual(["a hard"]));
});

it("asks a choice by its number, and says which is right", async () => {
  serve([card("a", { kind: "choice", back: "유리류", choices: ["유리류", "캔류"] })]);
  await review();
  const right = await screen.findByRole("button", { name: "유리류" });
  const buttons = screen.getAllByRole("listitem").map((item) => item.textContent);
  await userEvent.keyboard(String(buttons.indexOf("캔류") + 1));
  expect(screen.getByText("달라요")).toBeInTheDocument();
  expect(right).toHaveAttribute("data-right");
  await userEvent.click(screen.getByRole("button", { name: /잊었어요/ }));
  await waitFor(() => expect(log[0]).toMatchObject({ rating: "again", answer: "캔류" }));
});

it("shows what a rule said before, and what one forgets again and again differently", async () => {
  serve([card("a", { back: "뚜껑 닫아 페트에", before: "페트에", hard: true, lapses: 7, item: "pet" })]);
  await review();
  await screen.findByText("앞 a");
  await userEvent.keyboard(" ");
  expect(screen.getByRole("region", { name: "규칙이 바뀌었어요" }).querySelector("ins")).toHaveTextContent(
    "뚜껑 닫아",
  );
  expect(screen.getByRole("region", { name: "다르게 볼까요?" })).toHaveTextContent("7번 잊은");
  expect(screen.getByRole("link", { name: "까닭 보기" })).toHaveAttribute("href", "/items/pet");
});

const waiting = { score: 40, threshold: 70, missing: [], by: "builtin", rating: "again", waiting: true };

it("shows what a language model makes of an answer when it is pushed", async () => {
  grade = waiting;
  const { said } = serve([card("a", { kind: "recall" })]);
  const { sockets, graded } = await pushing();
  await review();
  const field = await screen.findByRole("textbox", { name: "기억나는 대로 적어 주세요" });
  await sockets.connections(1);
  await userEvent.type(field, "비우고 버려요");
  await userEvent.click(screen.getByRole("button", { name: "확인하기" }));
  expect(await screen.findByText(/40점이에요/)).toHaveTextContent("AI도 한 번 더 보고 있어요.");
  graded("good");
  expect(await screen.findByText(/90점이에요/)).toHaveTextContent("AI가 채점했어요.");
  expect(screen.queryByText(/AI도 한 번 더/)).toBeNull();
  expect(screen.getByRole("button", { name: /기억났어요/ })).toHaveAttribute("data-suggested");
  await userEvent.click(screen.getByRole("button", { name: /잊었어요/ })); // one press overrules
  await waitFor(() => expect(said()).toEqual(["a again"]));
});

it("tells of a grade that comes when another card is asked; one press says otherwise", async () => {
  grade = { ...waiting, rating: "good", score: 75 };
  const { said } = serve([card("a", { kind: "recall" }), card("b")]);
  const { sockets, graded } = await pushing();
  await show(
    <>
      <ReviewPage />
      <Toasts />
    </>,
    ["learn"],
    "/learn/review",
  );
  const field = await screen.findByRole("textbox", { name: "기억나는 대로 적어 주세요" });
  await sockets.connections(1);
  await userEvent.type(field, "비우고 버려요");
  await userEvent.click(screen.getByRole("button", { name: "확인하기" }));
  await screen.findByText(/75점이에요/);
  await userEvent.click(screen.getByRole("button", { name: /기억났어요/ }));
  await screen.findByText("앞 b");
  graded("again", new Date(Date.now() + 600_000).toISOString());
  expect(await screen.findByText("“앞 a”: AI는 아직이라고 봤어요.")).toBeInTheDocument();
  expect(screen.getByText("2장 남았어요")).toBeInTheDocument(); // it is asked again
  await userEvent.click(screen.getByRole("button", { name: "알고 있었어요" }));
  expect(screen.getByText("1장 남았어요")).toBeInTheDocument();
  await waitFor(() => expect(said()).toEqual(["a good"]));
});
