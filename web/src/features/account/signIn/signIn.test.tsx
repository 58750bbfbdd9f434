import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { forgetSession, person, signIn } from "~/api/session";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import NewAccountPage from "../passkeys/NewAccountPage";
import SignedInPage from "./SignedInPage";
import SignInPage from "./SignInPage";
import { rememberWanted } from "./wanted";

const tokens = {
  access_token: "a",
  refresh_token: null,
  expires_in: 900,
  user: { id: "guest_1", username: "초록이", kind: "account" },
};
const mfa = { ticket: "t".repeat(43), methods: ["totp", "recovery_code"], expires_in: 600 };
const CALLBACK = "/account/signed-in#provider=kakao&code=c%2F1&state=s";

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

/** Pasted: typing takes a while, letter by letter. */
async function enter(label: string, text: string) {
  await userEvent.click(screen.getByLabelText(label));
  await userEvent.paste(text);
}

beforeEach(() => {
  forgetSession();
  sessionStorage.clear();
});

describe("who comes back from a provider", () => {
  it("is signed in by a request of ours, with what stood in the fragment", async () => {
    const { asked } = fakeServer(() => ({ body: { tokens, mfa: null, next: "/me" } }));
    await show(<SignedInPage />, ["account"], CALLBACK);
    await expect.poll(() => person()?.kind).toBe("account");
    const finishes = asked.filter(({ path }) => path.endsWith("/finish"));
    expect(finishes.map(({ path, body }) => [path, JSON.parse(body) as unknown])).toEqual([
      ["/api/v1/auth/oauth/kakao/finish", { code: "c/1", state: "s" }],
    ]);
  });

  it("has shown who they are, for what they wanted before", async () => {
    fakeServer(({ path }) => ({
      body: path.endsWith("/login") ? tokens : { tokens, mfa: null, next: "/account/export" },
    }));
    await signIn("/api/v1/auth/login", { email: "a@example.org", password: "p" });
    const kept = () => sessionStorage.getItem("bunri.account.wanted");
    rememberWanted("export");
    expect(kept()).toContain('"shown":false');
    await show(<SignedInPage />, ["account"], CALLBACK);
    await expect.poll(kept).toContain('"shown":true');
  });

  it("is asked for the second factor, which signs in", async () => {
    const { asked } = fakeServer(({ path }) =>
      path.endsWith("/mfa") ? { body: tokens } : { body: { tokens: null, mfa, next: "/me" } },
    );
    await show(<SignedInPage />, ["account"], CALLBACK);
    await screen.findByRole("heading", { name: "한 번 더 확인할게요" });
    await press("복구 코드 쓰기");
    await enter("복구 코드", " k7qd-2xfa ");
    await press("확인");
    await expect.poll(() => person()?.kind).toBe("account");
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toMatchObject({
      ticket: mfa.ticket,
      method: "recovery_code",
      code: "k7qd-2xfa",
    });
  });

  it.each([
    [
      "sign_in_denied",
      "로그인을 그만두었어요",
      ["카카오 다시 시도", "다른 방법으로 로그인", "보던 화면으로"],
    ],
    ["identity_email_known", "로그인하지 못했어요", ["비밀번호로 로그인", "보던 화면으로"]],
    ["identity_taken", "로그인하지 못했어요", ["내 계정 보기", "보던 화면으로"]],
    ["reauthentication_needed", "로그인하지 못했어요", ["본인 확인하고 계속", "보던 화면으로"]],
    [
      "sign_in_unavailable",
      "로그인하지 못했어요",
      ["카카오 다시 시도", "다른 방법으로 로그인", "보던 화면으로"],
    ],
  ])("is told why it did not work, and the ways on: %s", async (code, title, ways) => {
    fakeServer(() => problem(409, code));
    await show(<SignedInPage />, ["account"], CALLBACK);
    await screen.findByRole("heading", { name: title });
    expect(screen.getByText(`about ${code}`)).toBeInTheDocument();
    const shown = [...screen.queryAllByRole("button"), ...screen.queryAllByRole("link")];
    expect(shown.map(({ textContent }) => textContent).sort()).toEqual([...ways].sort());
  });

  it("is told that there is nothing to finish after a reload", async () => {
    const { asked } = fakeServer(() => ({ body: {} }));
    await show(<SignedInPage />, ["account"], "/account/signed-in");
    expect(screen.getByText("여기에서 마칠 로그인이 없어요")).toBeInTheDocument();
    expect(asked).toEqual([]);
  });
});

describe("passkeys", () => {
  it("are offered in words only where the page is not secure", async () => {
    vi.stubGlobal("isSecureContext", false);
    fakeServer(() => ({ body: [] }));
    await show(<SignInPage />, ["account"], "/account/sign-in");
    expect(screen.queryByRole("button", { name: "패스키로 로그인" })).not.toBeInTheDocument();
    expect(screen.getByText(/https로 시작하는 주소에서만/)).toBeInTheDocument();
  });

  it("are not offered by a browser that knows none", async () => {
    vi.stubGlobal("isSecureContext", true);
    await show(<NewAccountPage />, ["account"], "/account/passkey");
    expect(screen.queryByRole("button", { name: "패스키 만들기" })).not.toBeInTheDocument();
    expect(screen.getByText(/이 브라우저는 패스키를 몰라요/)).toBeInTheDocument();
  });

  it("are good at their own host only, which the platform names", async () => {
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("PublicKeyCredential", {});
    vi.stubGlobal("navigator", { onLine: true, credentials: {} });
    fakeServer(({ path }) =>
      path.endsWith("/options") ? problem(409, "passkey_elsewhere") : { body: ["kakao"] },
    );
    await show(<SignInPage />, ["account"], "/account/sign-in?next=/bins");
    await press("패스키로 로그인");
    expect(await screen.findByText("about passkey_elsewhere")).toBeInTheDocument();
    expect(await screen.findByRole("link", { name: "카카오 계정으로 로그인" })).toHaveAttribute(
      "href",
      "/api/v1/auth/oauth/kakao?next=%2Fbins",
    );
  });
});
