import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { show } from "~/test/show";
import { Toasts } from "~/ui/toast";
import { QueueList } from "./QueueList";

const { checkUnwatched, photos } = vi.hoisted(() => ({ checkUnwatched: vi.fn(), photos: [] as object[] }));
vi.mock("~/outbox/photos/list", () => ({ useQueue: () => photos }));
vi.mock("~/outbox/photos/queue", () => ({ checkUnwatched, resume: () => Promise.resolve() }));

const photo = {
  id: "1",
  url: "blob:1",
  uploaded: 1,
  again: null,
  jobId: "job-1",
  handedOver: true,
  failure: null,
};

async function shown(one: object) {
  photos.splice(0, photos.length, { ...photo, ...one });
  await show(
    <>
      <Toasts />
      <QueueList still={false} />
    </>,
    ["coach"],
  );
  await act(() => vi.advanceTimersByTimeAsync(0));
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  checkUnwatched.mockReset().mockResolvedValue([]);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the photos on their way", () => {
  it("are checked as soon as they are sent, and it is said when an answer is there", async () => {
    await shown({ phase: "sent" });
    checkUnwatched.mockResolvedValueOnce(["job-1"]);
    await act(() => vi.advanceTimersByTimeAsync(1_000));
    expect(screen.getByText("사진 1장의 답이 나왔어요.")).toBeVisible();
    expect(screen.getByRole("button", { name: "보러 가기" })).toBeVisible();
  });

  it("are checked less and less often while there is no answer, and at once when the network is back", async () => {
    await shown({ phase: "sent" });
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    const before = checkUnwatched.mock.calls.length;
    expect(before).toBeLessThan(15);
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(checkUnwatched).toHaveBeenCalledTimes(before + 1);
    await act(async () => {
      window.dispatchEvent(new Event("online"));
      await vi.advanceTimersByTimeAsync(0);
    });
    expect(checkUnwatched).toHaveBeenCalledTimes(before + 2);
  });

  it("are not asked for while the platform has none", async () => {
    await shown({ phase: "waiting", handedOver: false });
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(checkUnwatched).toHaveBeenCalledTimes(1);
  });

  it("say whether it was the sending that failed", async () => {
    await shown({ phase: "failed", failure: { code: "gave_up", sentence: "왜" } });
    expect(screen.getByText("답을 찾지 못했어요")).toBeVisible();
    expect(screen.queryByText("보내지 못했어요")).toBeNull();
  });
});
