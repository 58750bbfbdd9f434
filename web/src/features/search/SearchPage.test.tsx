import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { accessToken, forgetSession } from "~/api/session";
import { learns } from "~/features/learn/badge/badge";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import SearchPage from "./SearchPage";

type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

vi.setConfig({ testTimeout: 30_000 }); // the first page of a file is slow on a busy machine

const match = (item: string, name: string, sure: boolean) => ({
  item,
  name,
  category: "glass",
  category_name: "유리병류",
  material: "glass",
  form: null,
  score: 0.7,
  sure,
});

const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
};

/** `elsewhere`: what other features are answered, by the end of the path. */
async function searched(found: readonly unknown[], elsewhere: Readonly<Record<string, Answer>> = {}) {
  const server = fakeServer(({ path }) => {
    if (path.endsWith("/recycling/search")) return { body: found };
    if (path.endsWith("/auth/guest")) return guest;
    return Object.entries(elsewhere).find(([end]) => path.endsWith(end))?.[1] ?? { body: [] };
  });
  await show(<SearchPage />, ["search"], "/search?q=인공위성");
  await screen.findByText(/찾지 못했어요|1개를 찾았어요/, {}, { timeout: 25_000 });
  return server;
}

const links = (list: HTMLElement) => within(list).getAllByRole("link");

it("does not show what is only near as though it were found", async () => {
  await searched([match("ceramic", "도자기 그릇", false), match("glass-jar", "잼병", false)]);
  expect(await screen.findByRole("heading", { name: "찾지 못했어요" })).toBeInTheDocument();
  expect(screen.getByText(/‘인공위성’\(이\)라는 물건은 아직 몰라요/)).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "찾은 것" })).not.toBeInTheDocument();
  expect(links(screen.getByRole("region", { name: "혹시 이것인가요?" }))).toHaveLength(2);
});

it("keeps what is named apart from what has a name like it", async () => {
  await searched([match("glass-bottle", "유리병", true), match("glass-jar", "잼병", false)]);
  expect(links(await screen.findByRole("region", { name: "찾은 것" }))).toHaveLength(1);
  expect(links(screen.getByRole("region", { name: "이름이 비슷한 것" }))).toHaveLength(1);
  expect(screen.queryByRole("heading", { name: "찾지 못했어요" })).not.toBeInTheDocument();
});

it("says that nothing was found where nothing is near either", async () => {
  await searched([]);
  expect(await screen.findByText("다른 말로 적어 보거나 사진으로 물어보세요.")).toBeInTheDocument();
  expect(screen.queryByText("혹시 이것인가요?")).not.toBeInTheDocument();
});

const place = { name: "노원구", address: "서울특별시 노원구", lat: 37.65422, lng: 127.05675 };
const room = { _id: "r1", name: "노원구 이웃", closedAt: null, lastMessage: null };
const card = { id: "c1", front: "노원구의 **건전지**", back: "전용 수거함", tags: [] };

it("finds places, rooms and one's cards by the same words", async () => {
  forgetSession();
  fakeServer(() => guest);
  await accessToken();
  learns();
  const server = await searched([], {
    "/locations/places": { body: [place] },
    "/chat/rooms": { body: [room, { ...room, _id: "r2", closedAt: "2026-11-30T00:00:00Z" }] },
    "/learning/cards": { body: [card] },
  });
  const of = async (name: string) => links(await screen.findByRole("region", { name }))[0];
  expect(await of("장소와 수거함")).toHaveAttribute(
    "href",
    expect.stringMatching(/^\/bins\?lat=37.65422&lng=127.05675&place=/),
  );
  expect(await of("이웃의 방")).toHaveAttribute("href", "/chat/r1");
  expect(await of("내 카드")).toHaveTextContent("노원구의 건전지");
  expect(links(screen.getByRole("region", { name: "이웃의 방" }))).toHaveLength(1);
  const asked = server.asked.filter(({ path }) => path.endsWith("/learning/cards"));
  expect(asked.map(({ search }) => new URLSearchParams(search).get("q"))).toEqual(["인공위성"]);
});

it("makes nobody a guest by a search, and leaves out what fails", async () => {
  forgetSession();
  const server = await searched([match("glass-bottle", "유리병", true)], {
    "/locations/places": problem(503, "unavailable"),
  });
  await vi.waitFor(() => {
    expect(server.asked.some(({ path }) => path.endsWith("/locations/places"))).toBe(true);
  });
  expect(screen.getByRole("region", { name: "찾은 것" })).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "장소와 수거함" })).not.toBeInTheDocument();
  expect(server.asked.map(({ path }) => path).filter((path) => /auth|chat|learning/.test(path))).toEqual([]);
});
