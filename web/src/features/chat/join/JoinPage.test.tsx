import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, it } from "vitest";
import { forgetSession } from "~/api/session";
import { aRoom } from "~/test/chat";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { forgetRoom } from "../store/rooms";
import JoinPage from "./JoinPage";

const TOKEN = "a-secret-that-is-long-enough";
const INVITATION = {
  room: "room-1",
  name: "101동",
  kind: "building",
  members: 12,
  invitedBy: "민아",
  expiresAt: "2026-12-07T07:00:00Z",
  joined: false,
};
const guest = {
  body: {
    access_token: "a",
    refresh_token: "r",
    expires_in: 3600,
    user: { id: "guest_1", username: "Junho", kind: "guest" },
  },
};
type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** Opens the link; `invitation` is what the server says of it. */
async function opened(invitation: Answer, hash = `#${TOKEN}`) {
  const { asked } = fakeServer(({ path }) => {
    if (path.endsWith("/guest")) return guest;
    return path.endsWith("/invitation") ? invitation : { body: aRoom() };
  });
  await show(
    <Routes>
      <Route path="/chat/join" element={<JoinPage />} />
      <Route path="/chat/room-1" element={<p>in the room</p>} />
    </Routes>,
    ["chat"],
    `/chat/join${hash}`,
  );
  return () => asked.filter(({ path }) => path.includes("/chat/"));
}

beforeEach(() => {
  forgetSession();
  forgetRoom("room-1");
});

it("says which room it is and who asks, before anybody comes in", async () => {
  const asked = await opened({ body: INVITATION });
  expect(await screen.findByRole("heading", { name: "101동" })).toBeVisible();
  expect(screen.getByText(/같은 건물 사람들의 방 · 12명/)).toHaveTextContent("민아 님이 초대했어요.");
  expect(asked().map(({ path }) => path)).toEqual(["/api/v1/chat/invitation"]);
  await userEvent.click(screen.getByRole("button", { name: "들어가기" }));
  expect(await screen.findByText("in the room")).toBeVisible();
  expect(asked().map(({ path }) => path)).toEqual(["/api/v1/chat/invitation", "/api/v1/chat/join"]);
  for (const { path, body } of asked()) {
    expect(path).not.toContain(TOKEN);
    expect(JSON.parse(body)).toEqual({ invite: TOKEN });
  }
});

it("leads members to their room", async () => {
  await opened({ body: { ...INVITATION, joined: true, invitedBy: "" } });
  expect(await screen.findByText("이미 이 방에 들어와 있어요.")).toBeVisible();
  expect(screen.getByText(/초대한 사람은 방을 나갔어요/)).toBeVisible();
  await userEvent.click(screen.getByRole("link", { name: "방으로" }));
  expect(await screen.findByText("in the room")).toBeVisible();
});

it.each([
  [422, "invite_invalid"],
  [403, "banned"],
])("says why it leads nowhere (%i %s)", async (status, code) => {
  await opened(problem(status, code));
  expect(await screen.findByRole("heading", { name: "이 초대로는 들어갈 수 없어요" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "들어가기" })).toBeNull();
  expect(screen.getByRole("link", { name: "방 목록으로" })).toHaveAttribute("href", "/chat");
});

it("asks nothing without a secret", async () => {
  const asked = await opened({ body: INVITATION }, "");
  expect(await screen.findByText("초대 링크가 온전하지 않아요")).toBeVisible();
  expect(asked()).toEqual([]);
});
