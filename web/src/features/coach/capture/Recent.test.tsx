import { screen } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { forgetSession, accessToken } from "~/api/session";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Recent } from "./Recent";

const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
};
const job = (id: string, status: string, name: string | null) => ({
  job_id: id,
  status,
  name,
  created_at: "2026-11-20T12:00:00Z",
  status_url: "",
});

beforeEach(forgetSession);

it("shows answers by name, questions as guesses, and nothing of what failed", async () => {
  fakeServer(({ path }) =>
    path.endsWith("/guest")
      ? guest
      : {
          body: [
            job("1", "done", "유리병"),
            job("2", "asked", "음료 캔"),
            job("3", "asked", null),
            job("4", "failed", null),
          ],
        },
  );
  await accessToken();
  await show(<Recent />, ["coach"]);
  await screen.findByText("유리병");
  const links = screen.getAllByRole("link").slice(1);
  expect(links.map(({ textContent }) => textContent)).toEqual(["유리병", "음료 캔?", "하나만 여쭤볼게요"]);
});
