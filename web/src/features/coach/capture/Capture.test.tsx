import { act, fireEvent, screen } from "@testing-library/react";
import { Link, Route, Routes, useLocation } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { refusal } from "~/photo/prepare";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Toasts } from "~/ui/toast";
import { Capture } from "./Capture";
import { useCapture } from "./useCapture";

type Outcome = { jobId: string | null; phase: "waiting" | "sent" | "failed" | "sending" | null };

const { add } = vi.hoisted(() => ({ add: vi.fn<(file: File) => Promise<unknown>>() }));
vi.mock("~/outbox/photos/queue", () => ({ addPhoto: add }));

const file = (name = "1.jpg") => new File(["photo"], name, { type: "image/jpeg" });

/** What the queue does with one file. */
function takes(outcome: Outcome | Promise<Outcome>, onDisk = true) {
  add.mockResolvedValueOnce({ onDisk, sent: Promise.resolve(outcome) });
}

function Front() {
  const capture = useCapture();
  return (
    <>
      <Capture {...capture} />
      <input aria-label="words" />
      <Link to="/bins">bins</Link>
      <p>{capture.busy ? "busy" : "free"}</p>
      <p>{capture.still ? "still" : "moving"}</p>
    </>
  );
}

const Place = () => <p>at {useLocation().pathname}</p>;

async function shown() {
  await show(
    <>
      <Toasts />
      <Place />
      <Routes>
        <Route path="/" element={<Front />} />
        <Route path="*" element={null} />
      </Routes>
    </>,
    ["coach"],
  );
}

const choose = (...files: File[]) => {
  const inputs = document.querySelectorAll<HTMLInputElement>("input[type=file]");
  return act(async () => {
    const input = inputs[inputs.length - 1];
    if (!input) throw new Error("no input");
    // jsdom refuses lists that it did not make itself.
    Object.defineProperty(input, "files", { value: files, configurable: true });
    Object.defineProperty(input, "value", { value: "", configurable: true, writable: true });
    fireEvent.change(input);
    await Promise.resolve();
  });
};

/** Pastes `files`, and `words` when there are any, where `target` is. */
const paste = (target: Element, files: File[], words?: string) =>
  fireEvent(
    target,
    Object.assign(new Event("paste", { bubbles: true }), {
      clipboardData: { files, types: words ? ["text/plain", "Files"] : ["Files"] },
    }),
  );

const drop = (files: File[], types: string[]) => {
  const event = Object.assign(new Event("drop", { bubbles: true, cancelable: true }), {
    dataTransfer: { files, types },
  });
  fireEvent(document.body, event);
  return event;
};

beforeEach(() => {
  add.mockReset();
  vi.stubGlobal("matchMedia", () => ({ matches: false })); // a mouse
});

describe("a photo that was taken", () => {
  it("leads to its answer", async () => {
    takes({ jobId: "job-1", phase: "sending" });
    await shown();
    await choose(file());
    expect(await screen.findByText("at /answers/job-1")).toBeVisible();
  });

  it.each<[string, Outcome, boolean]>([
    ["사진을 보관했어요. 잠시 뒤에 다시 보낼게요.", { jobId: null, phase: "waiting" }, true],
    [
      "기기에 사진을 보관하지 못했어요. 보낼 때까지 이 창을 열어 두세요.",
      { jobId: null, phase: "waiting" },
      false,
    ],
    ["보내지 못한 사진이 있어요. 이유를 확인해 주세요.", { jobId: null, phase: "failed" }, true],
  ])("says what becomes of it: %s", async (said, outcome, onDisk) => {
    takes(outcome, onDisk);
    await shown();
    await choose(file());
    expect((await screen.findAllByText(said)).at(-1)).toBeVisible();
  });

  it("keeps the page still for a second at most, and nobody from taking another", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      takes(new Promise(() => undefined));
      await shown();
      await choose(file());
      await screen.findByText("free");
      expect(screen.getByText("still")).toBeVisible();
      await act(() => vi.advanceTimersByTimeAsync(1_000));
      expect(screen.getByText("moving")).toBeVisible();
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ["another is about to be taken", "button", "사진 고르기", "at /"],
    ["the page was left", "link", "bins", "at /bins"],
  ])("leads nowhere once %s", async (_, role, name, at) => {
    let sent: (outcome: Outcome) => void = () => undefined;
    takes(
      new Promise((resolve) => {
        sent = resolve;
      }),
    );
    await shown();
    await choose(file());
    await screen.findByText("free");
    fireEvent.click(screen.getByRole(role, { name }));
    await act(async () => {
      sent({ jobId: "job-1", phase: "sending" });
      await Promise.resolve();
    });
    expect(await screen.findByText(at)).toBeVisible();
    expect(screen.queryByText("at /answers/job-1")).toBeNull();
  });
});

describe("several photos at once", () => {
  it("are all sent, and the first one's answer is shown", async () => {
    for (const jobId of ["job-1", "job-2", "job-3"]) takes({ jobId, phase: "sending" });
    await shown();
    await choose(file("1"), file("2"), file("3"));
    expect(await screen.findByText("at /answers/job-1")).toBeVisible();
    expect(add.mock.calls.map(([{ name }]) => name)).toEqual(["1", "2", "3"]);
    expect(screen.getByText("사진 3장을 보내요. 첫 번째 답부터 보여 드릴게요.")).toBeVisible();
  });

  it("are ten at most, which is said", async () => {
    for (let made = 1; made <= 10; made++) takes({ jobId: `job-${made}`, phase: "sending" });
    await shown();
    await choose(...Array.from({ length: 12 }, () => file()));
    expect(await screen.findByText("at /answers/job-1")).toBeVisible();
    expect(add).toHaveBeenCalledTimes(10);
    expect(screen.getByText("한 번에 10장까지 보낼 수 있어요. 앞에서부터 10장만 보내요.")).toBeVisible();
  });

  it("are sent without those that are none", async () => {
    add.mockRejectedValueOnce(refusal("photo_unreadable"));
    takes({ jobId: "job-2", phase: "sending" });
    await shown();
    await choose(file(), file());
    expect(await screen.findByText("at /answers/job-2")).toBeVisible();
    expect(screen.getByText("보낼 수 없는 파일 1개는 빼고 보내요.")).toBeVisible();
  });
});

describe("what is pasted or dropped", () => {
  it("is left alone while a photo is being made ready", async () => {
    add.mockReturnValue(new Promise(() => undefined));
    await shown();
    paste(document.body, [file()]);
    await screen.findByText("busy");
    paste(document.body, [file()]);
    drop([file()], ["Files"]);
    expect(add).toHaveBeenCalledTimes(1);
  });

  it("is a text when it carries one and a field takes it", async () => {
    add.mockReturnValue(new Promise(() => undefined));
    await shown();
    paste(screen.getByLabelText("words"), [file()], "words");
    expect(add).not.toHaveBeenCalled();
    paste(screen.getByLabelText("words"), [file()]);
    expect(add).toHaveBeenCalledTimes(1);
  });

  it("is left to the browser when it is no file", async () => {
    await shown();
    expect(drop([], ["text/plain"]).defaultPrevented).toBe(false);
    expect(drop([], ["Files"]).defaultPrevented).toBe(true);
  });
});

describe("where photos go", () => {
  it("names the host of a model elsewhere before a photo is chosen", async () => {
    fakeServer(({ path }) =>
      path.endsWith("/eyes") ? { body: { photos_go_to: "anthropic.com" } } : { body: {} },
    );
    await shown();
    expect(await screen.findByText(/anthropic\.com/)).toBeVisible();
  });

  it("says nothing where they stay", async () => {
    const { asked } = fakeServer(() => ({ body: { photos_go_to: null } }));
    await shown();
    await vi.waitFor(() => {
      expect(asked.some(({ path }) => path.endsWith("/eyes"))).toBe(true);
    });
    expect(screen.queryByText(/작은 사본|small copy/)).toBeNull();
  });
});
