import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken, forgetSession } from "~/api/session";
import type { Room } from "~/api/types";
import { aMessage, aRoom } from "~/test/chat";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { RoomMenu } from "../room/RoomMenu";
import { forgetRoom, learn, now } from "../store/rooms";
import { Folded } from "./Folded";
import ModerationPage from "./ModerationPage";
import { ReportsLink } from "./ReportsLink";
import ReportsPage from "./ReportsPage";
import * as moderationServer from "./server";

// Missing in jsdom.
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  this.open = false;
};

const guest = {
  body: {
    access_token: "a",
    refresh_token: "r",
    expires_in: 3600,
    user: { id: "guest_1", username: "Mina", kind: "guest" },
  },
};
const REPORTED = {
  message: aMessage(3, { content: "**나쁜** 말" }),
  roomName: "Bottles",
  reports: [
    { userId: "guest_3", username: "Sora", reason: "욕이에요", createdAt: "2026-11-30T07:00:00Z" },
    { userId: "guest_4", username: "", reason: "", createdAt: "2026-11-30T07:00:00Z" },
  ],
};
const member = (userId: string, username: string, more: object = {}) => ({
  userId,
  username,
  hash: "9ebf",
  role: "member",
  joinedAt: "2026-11-30T07:00:00Z",
  mutedUntil: null,
  online: false,
  ...more,
});
const MEMBERS = [
  member("guest_1", "Mina", { role: "owner" }),
  member("guest_2", "Junho", { mutedUntil: "2999-01-01T00:00:00Z" }),
  member("guest_3", "Sora", { role: "moderator" }),
];

const PLACES: Readonly<Record<string, string>> = {
  everywhere: "/chat/reports",
  link: "/chat/link",
  menu: "/chat/menu",
};

type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** Opens a part of the page; `answers` by what is asked. Gives what was asked to be changed. */
async function looking(
  part: string,
  more: Partial<Room> = {},
  answers: Record<string, Answer> = {},
  kind: "guest" | "account" = "guest",
) {
  const room = aRoom({ role: "owner", ...more });
  const reports = [REPORTED];
  const { asked } = fakeServer(({ method, path }) => {
    const what = `${method} ${path.replace(/^.*\/chat\//, "")}`;
    if (path.endsWith("/guest")) return { body: { ...guest.body, user: { ...guest.body.user, kind } } };
    if (answers[what]) return answers[what];
    if (method === "PATCH") return { body: { ...room } };
    if (what.endsWith("/settle")) {
      reports.length = 0;
      return { status: 204 };
    }
    if (method !== "GET") return { status: 204 };
    if (path.endsWith("/reports")) return { body: reports };
    if (path.endsWith("/members")) return { body: MEMBERS };
    if (path.endsWith("/words")) return { body: { words: ["당근"] } };
    if (path.endsWith("/actions")) return { body: [] };
    return { body: room };
  });
  await accessToken();
  if (part in PLACES) learn([room], now());
  await show(
    <Routes>
      <Route path="/chat/:roomId/moderation" element={<ModerationPage />} />
      <Route path="/chat/reports" element={<ReportsPage />} />
      <Route
        path="/chat/link"
        element={
          <>
            <p>no link</p>
            <ReportsLink />
          </>
        }
      />
      <Route path="/chat/menu" element={<RoomMenu room={room} onClose={() => undefined} />} />
    </Routes>,
    ["chat", "moderation", "notifications"],
    PLACES[part] ?? `/chat/room-1/moderation?part=${part}`,
  );
  return () =>
    asked
      .filter(({ method, path }) => method !== "GET" && !path.endsWith("/guest"))
      .map(({ method, path, body }) => [
        `${method} ${path.replace("/api/v1/chat/rooms/room-1", "")}`,
        body ? (JSON.parse(body) as unknown) : null,
      ]);
}

const button = (name: string) => screen.findByRole("button", { name });
const press = async (name: string) => userEvent.click(await button(name));

beforeEach(() => {
  forgetSession();
  forgetRoom("room-1");
});

describe("what was reported", () => {
  it("is shown with who reported it and why, and kept or removed", async () => {
    const asked = await looking("reports");
    expect(await screen.findByText("나쁜 말")).toBeVisible();
    const reasons = screen.getByRole("list", { name: "신고한 사람과 까닭" });
    expect(
      within(reasons)
        .getAllByRole("listitem")
        .map(({ textContent }) => textContent),
    ).toEqual(["Sora 욕이에요", "나간 사람 까닭을 적지 않았어요"]);
    await press("그대로 두기");
    expect(await screen.findByText("살펴볼 신고가 없어요")).toBeVisible();
    expect(asked()).toEqual([["POST /reports/message-3/settle", { remove: false }]]);
  });

  it("can be removed, and says why it could not", async () => {
    const refused = { "POST rooms/room-1/reports/message-3/settle": problem(409, "room_closed") };
    const asked = await looking("reports", {}, refused);
    await press("지우기");
    expect(await screen.findByRole("alert")).toHaveTextContent("about room_closed");
    expect(asked()).toEqual([["POST /reports/message-3/settle", { remove: true }]]);
  });

  it("of one's own message is not cleared by oneself", async () => {
    const own = { body: [{ ...REPORTED, message: aMessage(3, { sender: "guest_1" }) }] };
    await looking("reports", {}, { "GET rooms/room-1/reports": own });
    expect(await button("지우기")).toBeVisible();
    expect(screen.queryByRole("button", { name: "그대로 두기" })).toBeNull();
  });

  it("in any open room is for who looks after all of them", async () => {
    await looking("everywhere", {}, { "GET reports": { body: [REPORTED] } });
    expect(await screen.findByText(/Bottles · Junho/)).toBeVisible();
  });

  it("in any open room is shown to nobody else", async () => {
    await looking("everywhere", {}, { "GET reports": problem(403, "moderators_only") });
    expect(await screen.findByText("about moderators_only")).toBeVisible();
  });
});

describe("people", () => {
  it("are muted for as long as was chosen", async () => {
    const asked = await looking("members");
    await press("Sora 님 관리");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "얼마 동안" }), "하루");
    await press("말하지 못하게 하기");
    await waitFor(() => {
      expect(asked()).toEqual([["POST /members/guest_3/moderation", { action: "mute", minutes: 1440 }]]);
    });
  });

  it("who are muted or moderators can be so no longer", async () => {
    await looking("members");
    expect(await screen.findByText(/까지 말할 수 없음/)).toBeVisible();
    await press("Junho 님 관리");
    expect(await button("다시 말하게 하기")).toBeVisible();
    expect(await button("운영자로 정하기")).toBeVisible();
    await press("닫기");
    await press("Sora 님 관리");
    expect(await button("운영자에서 빼기")).toBeVisible();
  });

  it("a moderator acts on are members, and roles are not theirs to give", async () => {
    await looking("members", { role: "moderator" });
    await press("Junho 님 관리");
    expect(screen.queryByRole("button", { name: "운영자로 정하기" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Sora 님 관리" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Mina 님 관리" })).toBeNull();
  });
});

describe("the rules", () => {
  it("are saved together", async () => {
    const asked = await looking("rules", { quietFrom: "22:00:00", quietUntil: "07:00:00" });
    await userEvent.selectOptions(
      await screen.findByRole("combobox", { name: "한 사람이 다시 말할 때까지" }),
      "30초",
    );
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "메시지를 얼마 동안 둘까요" }), "7일");
    expect(screen.getByText(/되살릴 수 없어요/)).toBeVisible();
    await press("저장");
    await waitFor(() => {
      expect(asked()).toEqual([
        ["PATCH ", { slow_s: 30, quiet_from: "22:00", quiet_until: "07:00", keep_days: 7 }],
      ]);
    });
  });

  it("know no half of quiet hours", async () => {
    const asked = await looking("rules", { quietFrom: "22:00:00", quietUntil: "07:00:00" });
    await userEvent.clear(await screen.findByLabelText("끝"));
    expect(screen.getByText("시작과 끝을 모두 적거나 모두 비워 주세요.")).toBeVisible();
    await press("저장");
    await userEvent.clear(screen.getByLabelText("시작"));
    await press("저장");
    await waitFor(() => {
      expect(asked()).toEqual([
        ["PATCH ", { slow_s: 0, quiet_from: null, quiet_until: null, keep_days: null }],
      ]);
    });
  });

  it("have a list of words, one a line", async () => {
    const kept = { "PUT rooms/room-1/words": { body: { words: ["당근", "!당근마켓"] } } };
    const asked = await looking("rules", {}, kept);
    const list = await screen.findByRole("textbox", { name: "말 목록" });
    expect(list).toHaveValue("당근");
    await userEvent.type(list, "{enter} !당근마켓{enter}");
    await press("목록 저장");
    await waitFor(() => {
      expect(list).toHaveValue("당근\n!당근마켓");
    });
    expect(asked()).toEqual([["PUT /words", { words: ["당근", "!당근마켓"] }]]);
  });
});

describe("who is kept out", () => {
  const ban = (userId: string, username: string) => ({
    userId,
    username,
    hash: "9ebf",
    until: "2999-01-01T00:00:00Z",
  });

  it("is shown until when, and may be let back in", async () => {
    const bans = { "GET rooms/room-1/bans": { body: [ban("guest_2", "Junho"), ban("guest_3", "")] } };
    const changed = await looking("bans", {}, bans);
    expect(await screen.findByText("Junho")).toBeVisible();
    expect(screen.getByText("이름 모름")).toBeVisible();
    expect(screen.getAllByText(/까지 못 들어옴/)).toHaveLength(2);
    await press("다시 들어오게 하기: Junho");
    await waitFor(() => {
      expect(changed()).toEqual([["POST /members/guest_2/moderation", { action: "unban", minutes: 60 }]]);
    });
  });

  it("may be nobody", async () => {
    await looking("bans", {}, { "GET rooms/room-1/bans": { body: [] } });
    expect(await screen.findByText("막은 사람이 없어요")).toBeVisible();
  });
});

describe("the way to what was reported", () => {
  const counts = (body: object) => ({ "GET reports/counts": { body } });

  it("is shown to who looks after all open rooms, with how much there is", async () => {
    await looking("link", {}, counts({ everywhere: 3, rooms: {} }), "account");
    const link = await screen.findByRole("link", { name: "신고된 메시지 3개 살펴보기" });
    expect(link).toHaveAttribute("href", "/chat/reports");
  });

  it("stands in the menu of a room", async () => {
    await looking("menu", {}, counts({ everywhere: null, rooms: { "room-1": 2 } }));
    const link = await screen.findByRole("link", { name: "신고 2개 살펴보기" });
    expect(link).toHaveAttribute("href", "/chat/room-1/moderation?part=reports");
    expect(screen.queryByRole("link", { name: /신고된 메시지/ })).toBeNull();
  });

  it("is asked for by nobody who looks after nothing", async () => {
    const asked = vi.spyOn(moderationServer, "countReports");
    await looking("link", { role: "member" }, counts({ everywhere: 3, rooms: {} }));
    expect(await screen.findByText("no link")).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
    expect(screen.queryByRole("link")).toBeNull();
  });
});

describe("the record", () => {
  it("says who did what to whom, also of what this version does not know", async () => {
    const action = (kind: string, more: object = {}) => ({
      _id: kind,
      kind,
      actor: "guest_1",
      actorUsername: "Mina",
      target: "guest_2",
      targetUsername: "Junho",
      until: null,
      details: {},
      createdAt: "2026-11-30T07:00:00Z",
      ...more,
    });
    const actions = [
      action("mute", { until: "2026-12-01T07:00:00Z", targetUsername: "" }),
      action("new_kind"),
    ];
    await looking("actions", {}, { "GET rooms/room-1/actions": { body: actions } });
    expect(await screen.findByText(/Mina 님이 나간 사람 님을 말하지 못하게 했어요/)).toHaveTextContent(
      "까지)",
    );
    expect(screen.getByText("Mina 님이 방의 규칙을 바꿨어요")).toBeVisible();
  });
});

it("is for who looks after the room", async () => {
  await looking("reports", { role: "member" });
  expect(await screen.findByText("이 방의 운영자만 볼 수 있어요")).toBeVisible();
  expect(screen.queryByText("나쁜 말")).toBeNull();
});

it("folds a message until somebody asks for it", async () => {
  await show(<Folded folded>나쁜 말</Folded>, ["chat"]);
  expect(screen.queryByText("나쁜 말")).toBeNull();
  await press("펼쳐 보기");
  expect(screen.getByText("나쁜 말")).toBeVisible();
});
