import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { beforeEach, expect, it } from "vitest";
import { forgetSession } from "~/api/session";
import { fakeServer, problem } from "~/test/fakeServer";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { show } from "~/test/show";
import WeekPage from "./WeekPage";

const guest = {
  body: {
    access_token: "a",
    refresh_token: "r",
    expires_in: 3600,
    user: { id: "guest_1", username: "", kind: "guest" },
  },
};
const WEEK = {
  shown: false,
  members: 3,
  people: [
    { name: "민아", me: true, reviewed: 12, known: 4 },
    { name: "", me: false, reviewed: 1, known: 0 },
  ],
};

/** Opens the page; what is sent to show oneself is answered by `answer`. */
async function opened(answer: ReturnType<Parameters<typeof fakeServer>[0]>) {
  const { asked } = fakeServer(({ method, path }) => {
    if (path.includes("/auth/")) return guest;
    if (method === "PUT") return answer;
    return path.endsWith("/week") ? { body: WEEK } : { body: { id: "deck-1", name: "우리 집", kind: "own" } };
  });
  await show(
    <Routes>
      <Route path="/learn/decks/:deckId/week" element={<WeekPage />} />
    </Routes>,
    ["decks"],
    "/learn/decks/deck-1/week",
  );
  return () => asked.filter(({ method }) => method === "PUT").map(({ body }) => JSON.parse(body) as unknown);
}

beforeEach(() => {
  forgetSession();
  makeFakeDatabase();
});

it("shows who lets it be seen, and how many do not", async () => {
  await opened({ status: 204 });
  const rows = await screen.findAllByRole("listitem");
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    "민아 (나)복습 12번 · 익힌 카드 4장",
    "이름 없는 사람복습 1번 · 익힌 카드 0장",
  ]);
  expect(screen.getByText("1명은 보이지 않아요.")).toBeVisible();
  expect(await screen.findByText("월요일부터 우리 집에서 한 것이에요.")).toBeVisible();
});

it("lets oneself be seen", async () => {
  const sent = await opened({ status: 204 });
  const seen = await screen.findByRole("checkbox", { name: "내 이번 주를 다른 사람에게 보이기" });
  expect(seen).not.toBeChecked();
  await userEvent.click(seen);
  await waitFor(() => {
    expect(sent()).toEqual([{ shown: true }]);
  });
  expect(seen).toBeChecked();
});

it("stays as it was where the server refuses", async () => {
  await opened(problem(404, "deck_missing"));
  const seen = await screen.findByRole("checkbox");
  await userEvent.click(seen);
  expect(await screen.findByRole("alert")).toBeVisible();
  expect(seen).not.toBeChecked();
});
