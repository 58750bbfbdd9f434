import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { forgetSession } from "~/api/session";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import ClassesPage from "./ClassesPage";
import ClassPage from "./ClassPage";
import JoinClassPage from "./JoinClassPage";
import { isInClass, knowsClasses } from "./membership";
import TakePage from "./TakePage";

const TAUGHT = {
  id: "class-1",
  deck_id: "deck-1",
  name: "3학년 2반",
  role: "owner",
  nickname: "김 선생님",
  code: "AB3K-9FXQ",
  ends_on: "2026-12-20",
  pupils: 1,
  waiting: 0,
  room_id: null,
};
const JOINED = { ...TAUGHT, role: "learner", nickname: "토끼", code: null, pupils: null, waiting: null };
const RABBIT = {
  person: "guest_2",
  nickname: "토끼",
  cards: 4,
  begun: 3,
  known: 1,
  reviews: 7,
  right: 5,
  last_day: "2026-11-30",
};
const guest = {
  body: {
    access_token: "a",
    refresh_token: "r",
    expires_in: 3600,
    user: { id: "guest_1", username: "", kind: "guest" },
  },
};
type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** Opens a page where the server answers `answers[METHOD path]`, the path without its beginning. */
async function opened(at: string, answers: Readonly<Record<string, Answer>>) {
  const { asked } = fakeServer(({ method, path }) => {
    if (path.includes("/auth/")) return guest;
    const one = `${method} ${path.replace("/api/v1/learning/", "")}`;
    return answers[one] ?? problem(404, "unexpected");
  });
  await show(
    <Routes>
      <Route path="/learn/class" element={<ClassesPage />} />
      <Route path="/learn/class/join" element={<JoinClassPage />} />
      <Route path="/learn/class/take" element={<TakePage />} />
      <Route path="/learn/class/:classId" element={<ClassPage />} />
      <Route path="/chat/:roomId" element={<p>in the room</p>} />
    </Routes>,
    ["class"],
    at,
  );
  return (what: string) =>
    asked.filter(({ method, path }) => `${method} ${path.replace("/api/v1/learning/", "")}` === what);
}

vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 10_000 }); // a page of several answers, on a machine that has other work, too

beforeEach(() => {
  forgetSession();
  makeFakeDatabase();
  knowsClasses(false);
  // jsdom has neither
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      this.open = false;
    },
  });
});

const teaching = {
  "GET classes/class-1": { body: TAUGHT },
  "GET classes/class-1/progress": { body: [RABBIT] },
  "GET classes/class-1/handover": { body: { expires_at: null, person: null, name: null, tag: null } },
  "GET decks/deck-1": { body: { id: "deck-1", cards: 4, role: "owner", kind: "class" } },
};

it("asks for a nickname only once it knows which class the link leads to", async () => {
  const asked = await opened("/learn/class/join#AB3K-9FXQ", {
    "POST classes/shown": { body: { name: "3학년 2반", ends_on: "2026-12-20" } },
    "POST classes/join": { body: JOINED },
    "GET classes/class-1": { body: JOINED },
    "GET due": { body: { cards: [], counts: { new: 2, learning: 0, review: 1 }, day: "2026-11-30" } },
  });
  expect(await screen.findByRole("heading", { name: "3학년 2반" })).toBeVisible();
  expect(asked("POST classes/join")).toHaveLength(0);
  await userEvent.type(screen.getByRole("textbox", { name: "별명" }), " 토끼 ");
  await userEvent.click(screen.getByRole("button", { name: "들어가기" }));
  expect(await screen.findByText(/별명 토끼/)).toBeVisible();
  expect(JSON.parse(asked("POST classes/join")[0]?.body ?? "")).toEqual({
    code: "AB3K-9FXQ",
    nickname: "토끼",
  });
  expect(await screen.findByRole("heading", { name: "지금 볼 카드 3장" })).toBeVisible();
  expect(isInClass()).toBe(true);
  expect(screen.queryByText("AB3K-9FXQ")).toBeNull();
});

it("takes a code as it is typed, and says when there is none like it", async () => {
  const asked = await opened("/learn/class/join", {
    "POST classes/shown": problem(422, "class_code_invalid"),
  });
  const field = await screen.findByRole("textbox", { name: "반 코드" });
  await userEvent.type(field, "ab3k9fx");
  await userEvent.click(screen.getByRole("button", { name: "다음" }));
  expect(asked("POST classes/shown")).toHaveLength(0); // a letter is missing
  await userEvent.type(field, "q");
  expect(field).toHaveValue("AB3K-9FXQ");
  await userEvent.click(screen.getByRole("button", { name: "다음" }));
  expect(await screen.findByRole("alert")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "반 코드" })).toHaveValue("AB3K-9FXQ");
});

it("says that a nickname is taken, and keeps what was typed", async () => {
  await opened("/learn/class/join#AB3K-9FXQ", {
    "POST classes/shown": { body: { name: "3학년 2반", ends_on: "2026-12-20" } },
    "POST classes/join": problem(409, "nickname_taken"),
  });
  await userEvent.type(await screen.findByRole("textbox", { name: "별명" }), "토끼");
  await userEvent.click(screen.getByRole("button", { name: "들어가기" }));
  expect(await screen.findByRole("alert")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "별명" })).toHaveValue("토끼");
});

it("shows a teacher the code and how each nickname does", async () => {
  await opened("/learn/class/class-1", teaching);
  expect(await screen.findByText("AB3K-9FXQ")).toBeVisible();
  expect(screen.getByRole("img", { name: /QR/ })).toBeVisible();
  expect(await screen.findByText("카드 4장 가운데 3장을 시작했고 1장을 익혔어요.")).toBeVisible();
  expect(screen.getByText(/7일 동안 7번 복습해 5번 기억했어요/)).toBeVisible();
});

it("takes another code, and removes a pupil, only once it is confirmed", async () => {
  const asked = await opened("/learn/class/class-1", {
    ...teaching,
    "PATCH classes/class-1": { body: { ...TAUGHT, code: "CD5M-7GHW" } },
    "DELETE classes/class-1/pupils/guest_2": { status: 204 },
  });
  await userEvent.click(await screen.findByRole("button", { name: "다른 코드로 바꾸기" }));
  expect(screen.getByRole("group", { name: "다른 코드로 바꾸기" })).toHaveFocus();
  expect(asked("PATCH classes/class-1")).toHaveLength(0);
  await userEvent.click(screen.getByRole("button", { name: "바꾸기" }));
  expect(await screen.findByText("CD5M-7GHW")).toBeVisible();
  await userEvent.click(await screen.findByRole("button", { name: "토끼 내보내기" }));
  const question = screen.getByRole("group", { name: "토끼 내보내기" });
  await userEvent.click(within(question).getByRole("button", { name: "그대로 두기" }));
  expect(asked("DELETE classes/class-1/pupils/guest_2")).toHaveLength(0);
  await userEvent.click(screen.getByRole("button", { name: "토끼 내보내기" }));
  await userEvent.click(screen.getByRole("button", { name: "내보내기" }));
  await waitFor(() => {
    expect(asked("DELETE classes/class-1/pupils/guest_2")).toHaveLength(1);
  });
});

it("downloads the table under the name of the class", async () => {
  const made = vi.fn((blob: Blob) => `blob:${blob.size}`);
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: made, revokeObjectURL: vi.fn() }));
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  await opened("/learn/class/class-1", {
    ...teaching,
    "GET classes/class-1/progress.csv": { body: "별명\n토끼\n", headers: { "Content-Type": "text/csv" } },
  });
  await userEvent.click(await screen.findByRole("button", { name: "표로 받기 (CSV)" }));
  await waitFor(() => {
    expect(click).toHaveBeenCalledOnce();
  });
  expect((click.mock.contexts[0] as HTMLAnchorElement).download).toBe("3학년 2반.csv");
  click.mockRestore();
});

it("shows what pupils sent, and lets the teacher accept it", async () => {
  const card = { id: "card-1", front: "이것은?", back: "캔류", media: {} };
  const asked = await opened("/learn/class/class-1", {
    ...teaching,
    "GET classes/class-1": { body: { ...TAUGHT, waiting: 1 } },
    "GET classes/class-1/suggestions": { body: [{ card, nickname: "토끼" }] },
    "PUT classes/class-1/suggestions/card-1": { status: 204 },
  });
  expect(await screen.findByText("이것은?")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "반 카드로 하기" }));
  await waitFor(() => {
    expect(asked("PUT classes/class-1/suggestions/card-1")).toHaveLength(1);
  });
});

it("ends the term after saying what is erased", async () => {
  const asked = await opened("/learn/class/class-1", {
    ...teaching,
    "DELETE classes/class-1": { status: 204 },
    "GET classes": { body: [] },
  });
  await userEvent.click(await screen.findByRole("button", { name: "지금 학기 끝내기" }));
  expect(screen.getByText(/학생 1명의 별명과 배움 기록.*되돌릴 수 없어요/)).toBeVisible();
  expect(asked("DELETE classes/class-1")).toHaveLength(0);
  await userEvent.click(screen.getByRole("button", { name: "모두 지우고 끝내기" }));
  expect(await screen.findByText("아직 들어간 반이 없어요")).toBeVisible();
  expect(isInClass()).toBe(false);
});

it("hands a class over to whom its teacher has seen, and only once it is confirmed", async () => {
  const accepted = { expires_at: "2026-12-07T00:00:00Z", person: "guest_9", name: "이 선생님", tag: "a1b2" };
  const asked = await opened("/learn/class/class-1", {
    ...teaching,
    "GET classes/class-1/handover": { body: accepted },
    "POST classes/class-1/handover/confirm": { status: 204 },
    "GET classes": { body: [] },
  });
  expect(await screen.findByText("이 선생님 (a1b2) 님이 넘겨받겠다고 했어요.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "이 선생님께 넘기기" }));
  const question = screen.getByRole("group", { name: "이 선생님께 넘기기" });
  expect(question).toHaveFocus();
  expect(asked("POST classes/class-1/handover/confirm")).toHaveLength(0);
  await userEvent.click(within(question).getByRole("button", { name: "넘기고 나가기" }));
  expect(await screen.findByText("아직 들어간 반이 없어요")).toBeVisible();
  const [sent] = asked("POST classes/class-1/handover/confirm");
  expect(JSON.parse(sent?.body ?? "")).toEqual({ person: "guest_9" });
});

it("shows the link for another teacher once, and takes it back", async () => {
  let expires_at: string | null = null;
  const at = "2026-12-07T00:00:00Z";
  const asked = await opened("/learn/class/class-1", {
    ...teaching,
    get "GET classes/class-1/handover"() {
      return { body: { expires_at, person: null, name: null, tag: null } };
    },
    get "POST classes/class-1/handover"() {
      expires_at = at;
      return { status: 201, body: { token: "t", path: "/learn/class/take#secret", expires_at: at } };
    },
    get "DELETE classes/class-1/handover"() {
      expires_at = null;
      return { status: 204 };
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "넘기는 링크 만들기" }));
  expect(await screen.findByText(/take#secret$/)).toBeVisible();
  await userEvent.click(await screen.findByRole("button", { name: "넘기지 않기" }));
  expect(await screen.findByRole("button", { name: "넘기는 링크 만들기" })).toBeVisible();
  expect(screen.queryByText(/take#secret$/)).not.toBeInTheDocument();
  expect(asked("DELETE classes/class-1/handover")).toHaveLength(1);
});

it("asks who takes a class over to sign in first", async () => {
  const asked = await opened("/learn/class/take#secret", {
    "POST classes/handover/shown": {
      body: { name: "3학년 2반", ends_on: "2026-12-20", teacher: "김 선생님", pupils: 24 },
    },
  });
  expect(await screen.findByRole("heading", { name: "3학년 2반" })).toBeVisible();
  expect(screen.getByText(/김 선생님 님이 이 반을 넘기려고 해요.*학생 24명/)).toBeVisible();
  expect(screen.getByRole("link", { name: "로그인하기" })).toHaveAttribute("href", "/account/sign-in");
  expect(screen.queryByRole("button", { name: "넘겨받기" })).not.toBeInTheDocument();
  const [sent] = asked("POST classes/handover/shown");
  expect(JSON.parse(sent?.body ?? "")).toEqual({ token: "secret" });
});

it("leads a pupil into the room only where the teacher has opened one", async () => {
  const asked = await opened("/learn/class/class-1", {
    "GET classes/class-1": { body: { ...JOINED, room_id: "class-1" } },
    "GET due": { body: { cards: [], counts: { new: 0, learning: 0, review: 0 }, day: "2026-11-30" } },
    "POST classes/class-1/room": { body: { room_id: "class-1" } },
  });
  expect(await screen.findByRole("heading", { name: "지금은 볼 카드가 없어요" })).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "방에 들어가기" }));
  expect(await screen.findByText("in the room")).toBeVisible();
  expect(asked("POST classes/class-1/room")).toHaveLength(1);
});

it("says that a class is over", async () => {
  await opened("/learn/class/class-1", { "GET classes/class-1": problem(404, "class_missing") });
  expect(await screen.findByRole("heading", { name: "이 반은 없어요" })).toBeVisible();
  expect(screen.getByRole("link", { name: "우리 반으로" })).toHaveAttribute("href", "/learn/class");
});
