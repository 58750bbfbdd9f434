import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken, forgetSession, person, signIn } from "~/api/session";
import { adopt, preferences } from "~/preferences/store";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import ExportPage from "./export/ExportPage";
import LeavePage from "./leaving/LeavePage";
import UnsubscribePage from "./mails/UnsubscribePage";
import { markShown, rememberWanted } from "./signIn/wanted";

vi.mock("~/outbox/photos/queue", () => ({ removeAllPhotos: vi.fn(() => Promise.resolve()) }));

// Missing in jsdom.
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};

type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;

const tokensOf = (kind: "guest" | "account") => ({
  body: {
    access_token: kind,
    refresh_token: null,
    expires_in: 900,
    user: { id: kind, username: "초록이", kind },
  },
});

/** What the dialog wants to know that asks once more who is there. */
const LOOKED_UP = ["GET me", "GET identities", "GET factors", "GET providers"];

/** A platform on which somebody is signed in; `route` answers what is not about tokens. */
async function platform(kind: "guest" | "account", route: (asked: string) => Answer) {
  const server = fakeServer(({ method, path }) =>
    /\/(guest|login|reauthenticate)$/.test(path)
      ? tokensOf(kind)
      : path.endsWith("/identities")
        ? { body: [] }
        : route(`${method} ${path.replace("/api/v1/users/", "")}`),
  );
  if (kind === "guest") await accessToken();
  else await signIn("/api/v1/auth/login", { email: "a@example.org", password: "p" });
  server.asked.length = 0;
  return () =>
    server.asked
      .map(({ method, path }) => `${method} ${path.replace(/^.*\/(users|auth)\//, "")}`)
      .filter((asked) => !LOOKED_UP.includes(asked));
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  forgetSession();
  sessionStorage.clear();
  adopt({ name: "초록이", region: "busan", language: "ko", teach: true });
});

describe("everything as a file", () => {
  const archive = {
    id: "e1",
    created_at: "2026-11-30T00:00:00Z",
    size: null,
    expires_at: null,
    download_url: null,
  };
  const begun = { ...archive, state: "working", progress: 0 };
  const ready = {
    ...archive,
    state: "ready",
    progress: 100,
    size: 3_440_000,
    expires_at: "2026-12-01T00:00:00Z",
    download_url: "/files/e1?signed",
  };

  it("is made after the account's owner has shown who they are, with its progress, and can be removed", async () => {
    let shown = false;
    const answers: object[] = [];
    const asked = await platform("account", (one) => {
      if (one === "GET me/exports") return { body: [] };
      if (one === "POST me/exports") {
        if (!shown) return problem(403, "reauthentication_needed");
        return { status: 202, body: begun };
      }
      if (one === "GET me") return { body: { has_password: true, roles: [] } };
      if (one.startsWith("GET me/exports/")) return { body: answers.shift() ?? ready };
      return one.startsWith("DELETE")
        ? { status: 204 }
        : { body: one.includes("/factors") ? { methods: [] } : [] };
    });
    answers.push({ ...begun, progress: 40 });
    await show(<ExportPage />, ["account"]);
    await userEvent.click(await screen.findByRole("button", { name: "파일 만들기" }));
    await userEvent.type(await screen.findByLabelText("비밀번호"), "p");
    shown = true;
    await press("확인");
    const bar = await screen.findByRole("progressbar", { name: "파일을 만들고 있어요" });
    await expect.poll(() => bar.getAttribute("value"), { timeout: 5_000 }).toBe("40");
    const link = await screen.findByRole("link", { name: /^파일 받기 \(3\.4MB\)/ }, { timeout: 5_000 });
    expect(link).toHaveAttribute("href", "/files/e1?signed");
    await press("파일 지우기");
    expect(await screen.findByRole("button", { name: "파일 만들기" })).toBeInTheDocument();
    expect(asked()).toEqual([
      "GET me/exports",
      "POST me/exports",
      "POST reauthenticate",
      "POST me/exports",
      "GET me/exports/e1",
      "GET me/exports/e1",
      "DELETE me/exports/e1",
    ]);
  });

  it("says what went wrong, and can be asked for again", async () => {
    let answer: Answer = { body: [{ ...archive, state: "failed", progress: 60 }] };
    await platform("guest", () => answer);
    await show(<ExportPage />, ["account"]);
    expect(await screen.findByRole("alert")).toHaveTextContent("파일을 만들지 못했어요");
    answer = problem(429, "too_many_mails");
    await press("파일 만들기");
    expect(await screen.findByText("about too_many_mails")).toBeInTheDocument();
  });

  it("asks nothing for who is nobody here", async () => {
    const { asked } = fakeServer(() => ({ body: {} }));
    await show(<ExportPage />, ["account"]);
    expect(screen.getByRole("heading", { name: "저장된 것이 없어요" })).toBeInTheDocument();
    expect(asked).toEqual([]);
  });
});

describe("who has left to show at a provider who they are", () => {
  const begun = { id: "e1", state: "waiting", progress: 0, created_at: "2026-11-30T00:00:00Z" };
  const exports = (asked: string) =>
    asked === "GET me/exports" ? { body: [] } : { status: 202, body: begun };

  it("gets a file of everything by coming back, once", async () => {
    const asked = await platform("account", exports);
    rememberWanted("export");
    markShown();
    const { unmount } = await show(<ExportPage />, ["account"]);
    expect(await screen.findByRole("progressbar", { name: "파일을 만들고 있어요" })).toBeInTheDocument();
    unmount();
    await show(<ExportPage />, ["account"]);
    expect(await screen.findByRole("button", { name: "파일 만들기" })).toBeInTheDocument();
    expect(asked().filter((one) => one.startsWith("POST"))).toEqual(["POST me/exports"]);
  });

  it("gets nothing by turning back on the way, or as somebody else", async () => {
    const asked = await platform("account", exports);
    rememberWanted("export");
    const { unmount } = await show(<ExportPage />, ["account"]);
    expect(await screen.findByRole("button", { name: "파일 만들기" })).toBeInTheDocument();
    unmount();
    expect(asked()).not.toContain("POST me/exports");
    rememberWanted("export");
    forgetSession();
    const askedAsGuest = await platform("guest", exports);
    markShown();
    await show(<ExportPage />, ["account"]);
    expect(await screen.findByRole("button", { name: "파일 만들기" })).toBeInTheDocument();
    expect(askedAsGuest()).not.toContain("POST me/exports");
  });

  it("is asked whether they want to leave, and leaves by no way but a press", async () => {
    const asked = await platform("account", () => ({ body: { erased_at: "2026-12-14T03:00:00Z" } }));
    rememberWanted("leave");
    markShown();
    await show(<LeavePage />, ["account"]);
    expect(await screen.findByRole("group", { name: /정말 계정을 지울까요/ })).toHaveFocus();
    expect(asked()).toEqual([]);
  });
});

describe("leaving", () => {
  it("takes two presses, and leaves nothing of the person on the device", async () => {
    const asked = await platform("account", () => ({ body: { erased_at: "2026-12-14T03:00:00Z" } }));
    await show(<LeavePage />, ["account"]);
    await press("계정 지우기");
    expect(screen.getByRole("group", { name: /정말 계정을 지울까요/ })).toHaveFocus();
    expect(asked()).toEqual([]);
    await press("네, 떠날게요");
    expect(await screen.findByRole("heading", { name: "안녕히 가세요" })).toBeInTheDocument();
    expect(screen.getByText(/2026\. 12\. 14\./)).toBeInTheDocument();
    expect(asked()).toEqual(["DELETE me"]);
    expect(person()).toBeNull();
    expect(preferences()).toMatchObject({ name: null, region: null, teach: null, language: "ko" });
  });

  it("is not done where the platform refuses or the person does not show who they are", async () => {
    let answer = problem(503, "unavailable");
    await platform("account", () => answer);
    await show(<LeavePage />, ["account"]);
    await press("계정 지우기");
    await press("네, 떠날게요");
    expect(await screen.findByText("about unavailable")).toBeInTheDocument();
    answer = problem(403, "reauthentication_needed");
    await press("네, 떠날게요");
    const dialog = await screen.findByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "그만두기" }));
    expect(await screen.findByRole("button", { name: "네, 떠날게요" })).toBeInTheDocument();
    expect(person()?.kind).toBe("account");
    expect(preferences().region).toBe("busan");
  });
});

describe("a mail's address", () => {
  const TOKEN = "t".repeat(43);

  it("does nothing by being opened, and says which mails stop", async () => {
    const { asked } = fakeServer(() => ({ body: { kind: "collection_days" } }));
    await show(<UnsubscribePage />, ["account"], `/account/unsubscribe#${TOKEN}`);
    expect(asked).toEqual([]);
    await press("그만 받기");
    expect(await screen.findByText("그만 받는 메일: 내일 수거하는 것")).toBeInTheDocument();
    expect(asked.map(({ method, path, search }) => [method, path, search])).toEqual([
      ["POST", "/api/v1/users/unsubscribe", `?token=${TOKEN}`],
    ]);
    expect(asked[0]?.headers.get("Authorization")).toBeNull();
    expect(screen.getByRole("link", { name: "내 정보에서 정하기" })).toHaveAttribute(
      "href",
      "/account/profile",
    );
  });

  it("says so where it is not complete", async () => {
    await show(<UnsubscribePage />, ["account"], "/account/unsubscribe");
    expect(screen.getByText("링크가 온전하지 않아요")).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });
});
