import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { forgetSession, signedIn, accessToken } from "~/api/session";
import { storeAll, storedBins } from "~/outbox/bins/store";
import { removeAllPhotos } from "~/outbox/photos/queue";
import { prefer, preferences } from "~/preferences/store";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { SignOut } from "./SignOut";

vi.mock("~/outbox/photos/queue", () => ({ removeAllPhotos: vi.fn(() => Promise.resolve()) }));

const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "g", username: "" } },
};

type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

/** A guest with two answers, one of them still on its way, asks to be forgotten. `fail` stands in the way. */
async function asking(fail: (asked: string) => Answer | null = () => null) {
  const jobs = new Map([
    ["1", "done"],
    ["2", "seeing"],
  ]);
  const { asked } = fakeServer(({ method, path }) => {
    const failure = fail(`${method} ${path.replace("/api/v1/waste/", "")}`);
    if (failure) return failure;
    if (path.endsWith("/guest")) return guest;
    if (path.endsWith("/users/me")) return { body: { erased_at: "2026-11-30T00:00:00Z" } };
    if (path.endsWith("/jobs")) return { body: [...jobs.keys()].map((id) => ({ job_id: id })) };
    const id = path.split("/").at(-1) ?? "";
    if (jobs.get(id) === "seeing") jobs.set(id, "cancelled");
    else jobs.delete(id);
    return { status: 200 };
  });
  await accessToken();
  await show(<SignOut />, ["settings"]);
  await press("모두 잊기");
  return () =>
    asked
      .filter(({ path }) => !path.endsWith("/guest"))
      .map(({ method, path }) => `${method} ${path.replace(/^\/api\/v1\/(waste|auth|users)\//, "")}`);
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
/** Whoever is forgotten stands before the first button again. */
const done = () => screen.findByRole("button", { name: "모두 잊기" });

beforeEach(() => {
  forgetSession();
  prefer({ teach: true, name: "초록이" });
  vi.mocked(removeAllPhotos).mockClear();
});

describe("forgetting", () => {
  it("takes back the consent and removes the answers before the pass is gone", async () => {
    await storeAll({ bins: [], clusters: [], kinds: [], total: 0, credits: [] });
    const asked = await asking();
    await press("네, 잊어 주세요");
    await done();
    expect(asked()).toEqual([
      "DELETE examples",
      "GET jobs",
      "DELETE jobs/1",
      "DELETE jobs/2",
      "GET jobs",
      "DELETE jobs/2",
      "GET jobs",
      "DELETE me",
    ]);
    expect(removeAllPhotos).toHaveBeenCalledOnce();
    expect(await storedBins()).toBeNull();
    expect(signedIn()).toBe(false);
    expect(preferences()).toMatchObject({ teach: null, name: null });
    expect(screen.getByRole("button", { name: "모두 잊기" })).toHaveFocus();
  });

  it("forgets nothing while the consent cannot be taken back, and tries again", async () => {
    let away = true;
    await asking((one) => (away && one === "DELETE examples" ? problem(500, "internal") : null));
    await press("네, 잊어 주세요");
    expect(await screen.findByText("about internal")).toBeInTheDocument();
    expect(screen.getByText(/아직 아무것도 잊지 않았어요/)).toBeInTheDocument();
    expect([signedIn(), preferences().teach]).toEqual([true, true]);
    expect(removeAllPhotos).not.toHaveBeenCalled();
    // With the pass the consent could never be taken back.
    expect(screen.queryByRole("button", { name: "이 기기에서만 잊기" })).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "다시 시도" })).toHaveFocus();
    away = false;
    await press("다시 시도");
    await done();
    expect(signedIn()).toBe(false);
  });

  it("leaves answers to their thirty days for who never consented and cannot wait", async () => {
    prefer({ teach: null });
    await asking((one) => (one.endsWith("/guest") ? null : "silence"));
    await press("네, 잊어 주세요");
    await userEvent.click(await screen.findByRole("button", { name: "이 기기에서만 잊기" }));
    await done();
    expect(signedIn()).toBe(false);
    expect(removeAllPhotos).toHaveBeenCalledOnce();
  });

  it("is not done before the photos are gone", async () => {
    let gone: () => void = () => undefined;
    vi.mocked(removeAllPhotos).mockReturnValueOnce(new Promise<void>((resolve) => (gone = resolve)));
    await asking();
    await press("네, 잊어 주세요");
    await expect.poll(() => vi.mocked(removeAllPhotos).mock.calls.length).toBe(1);
    expect(screen.getByRole("button", { name: "네, 잊어 주세요" })).toHaveAttribute("aria-disabled", "true");
    expect(signedIn()).toBe(true);
    gone();
    await done();
  });

  it("asks nothing of the platform for who never was its guest", async () => {
    const asked = await asking();
    forgetSession();
    await press("네, 잊어 주세요");
    await done();
    expect(asked()).toEqual([]);
  });

  it("can be thought better of", async () => {
    const asked = await asking();
    await press("그만두기");
    expect(screen.getByRole("button", { name: "모두 잊기" })).toHaveFocus();
    expect(asked()).toEqual([]);
    expect(signedIn()).toBe(true);
  });
});
