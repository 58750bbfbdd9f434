import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { forgetSession, accessToken } from "~/api/session";
import { removePhoto } from "~/outbox/photos/queue";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import HistoryPage from "./HistoryPage";

vi.mock("~/outbox/photos/queue", () => ({
  queue: () => [
    { id: "other", jobId: "other" },
    { id: "photo", jobId: "job-2" },
  ],
  removePhoto: vi.fn(() => Promise.resolve()),
}));

const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
};
const job = (number: number, status = "done") => ({
  job_id: `job-${number}`,
  status,
  created_at: "2026-11-20T12:00:00Z",
  name: `병 ${number}`,
  status_url: "",
});

type Route = Parameters<typeof fakeServer>[0];
type Asked = Parameters<Route>[0];

/** Somebody who was here before, and the answers of the platform about their jobs. */
async function page(route: (asked: Asked & Readonly<{ cursor: string | null }>) => ReturnType<Route>) {
  const { asked } = fakeServer((one) => {
    if (one.path.endsWith("/guest")) return guest;
    return route({ ...one, cursor: new URLSearchParams(one.search).get("cursor") });
  });
  await accessToken();
  await show(<HistoryPage />, ["history"]);
  return () =>
    asked
      .filter(({ path }) => path.includes("/jobs"))
      .map(({ method, path, search }) => `${method} ${path.replace("/api/v1/waste/", "")}${search}`);
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const names = () => screen.getAllByRole("link").map((link) => within(link).getByText(/^병/).textContent);

beforeEach(() => {
  forgetSession();
  vi.mocked(removePhoto).mockClear();
});

describe("the history", () => {
  it("says as a guess what nobody has confirmed yet", async () => {
    await page(() => ({ body: [job(1, "asked"), job(2)] }));
    await screen.findByText("병 2");
    expect(names()).toEqual(["병 1?", "병 2"]);
  });

  it("goes on where the page before ended, and hands the focus to the first that came", async () => {
    const asked = await page(({ cursor }) =>
      cursor ? { body: [job(3)] } : { body: [job(1), job(2)], headers: { "X-Next-Cursor": "after-2" } },
    );
    await screen.findByText("병 1");
    await press("더 보기");
    await screen.findByText("병 3");
    expect(names()).toEqual(["병 1", "병 2", "병 3"]);
    expect(screen.queryByRole("button", { name: "더 보기" })).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: /병 3/ })).toHaveFocus();
    expect(asked()).toEqual(["GET jobs?limit=20", "GET jobs?limit=20&cursor=after-2"]);
  });

  it("says so when the next page does not come, keeps what is there, and tries again", async () => {
    let away = true;
    await page(({ cursor }) => {
      if (!cursor) return { body: [job(1)], headers: { "X-Next-Cursor": "after-1" } };
      return away ? problem(500, "internal") : { body: [job(2)] };
    });
    await screen.findByText("병 1");
    await press("더 보기");
    expect(await screen.findByRole("alert")).toHaveTextContent("about internal");
    expect(names()).toEqual(["병 1"]);
    expect(screen.getByRole("button", { name: "더 보기" })).toHaveFocus();
    away = false;
    await press("더 보기");
    await screen.findByText("병 2");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("asks before it removes one, and gives the focus back to who thinks better of it", async () => {
    const asked = await page(() => ({ body: [job(1)] }));
    await screen.findByText("병 1");
    await press("병 1 지우기");
    expect(screen.getByRole("group", { name: "사진과 함께 지울까요?" })).toHaveFocus();
    await press("그만두기");
    expect(screen.getByRole("button", { name: "병 1 지우기" })).toHaveFocus();
    expect(asked().filter((one) => one.startsWith("DELETE"))).toEqual([]);
  });

  it("removes the photo that waits on this device for another try, too", async () => {
    let jobs = [job(1), job(2, "failed")];
    const asked = await page(({ method }) => {
      if (method === "DELETE") jobs = [job(1)];
      return { body: jobs };
    });
    await screen.findByText("병 2");
    await press("병 2 지우기");
    await press("지우기");
    await expect.poll(() => names()).toEqual(["병 1"]);
    expect(removePhoto).toHaveBeenCalledExactlyOnceWith("photo");
    expect(asked().filter((one) => one.startsWith("DELETE"))).toEqual(["DELETE jobs/job-2"]);
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  });

  it("stops one that still runs before it removes it", async () => {
    const asked = await page(() => ({ body: [job(1, "seeing")] }));
    await screen.findByText("병 1");
    await press("병 1 지우기");
    await press("지우기");
    await expect
      .poll(() => asked().filter((one) => one.startsWith("DELETE")))
      .toEqual(["DELETE jobs/job-1", "DELETE jobs/job-1"]);
  });
});
