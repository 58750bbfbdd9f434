import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { accessToken, forgetSession, person } from "~/api/session";
import { prefer } from "~/preferences/store";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import RecoverPage from "./recovery/RecoverPage";
import RegisterPage from "./RegisterPage";

const REQUEST = "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10";
const tokensOf = (kind: "guest" | "account") => ({
  body: {
    access_token: kind,
    refresh_token: null,
    expires_in: 900,
    user: { id: "guest_1", username: "초록이", kind },
  },
});

/** Pasted: typing takes a while, letter by letter. */
async function enter(field: HTMLElement, text: string) {
  await userEvent.click(field);
  await userEvent.paste(text);
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  forgetSession();
  sessionStorage.clear();
  prefer({ name: "초록이" });
});

describe("making an account", () => {
  const platform = () =>
    fakeServer(({ path }) => {
      if (path.endsWith("/guest")) return tokensOf("guest");
      if (path.endsWith("/register")) return { status: 202, body: { request: REQUEST, expires_in: 600 } };
      return path.endsWith("/verify-email") ? tokensOf("account") : { body: {} };
    });

  async function fill() {
    await enter(screen.getByLabelText("이메일"), "a@example.org");
    await enter(screen.getByLabelText("새 비밀번호"), "초록 유리병");
    await press("코드 받기");
    return screen.findByLabelText("코드");
  }

  it("tells which guest becomes the account, and takes the code", async () => {
    const { asked } = platform();
    await accessToken();
    await show(<RegisterPage />, ["account"]);
    await enter(await fill(), "123 456");
    await press("확인");
    await expect.poll(() => person()?.kind).toBe("account");
    const [, register, verify] = asked;
    expect(register?.headers.get("Authorization")).toBe("Bearer guest");
    expect(register?.headers.get("X-Token-Delivery")).toBe("cookie");
    expect(JSON.parse(register?.body ?? "")).toEqual({
      email: "a@example.org",
      password: "초록 유리병",
      username: "초록이",
    });
    expect(JSON.parse(verify?.body ?? "")).toEqual({ request: REQUEST, code: "123456" });
  });

  it("makes nobody a guest first", async () => {
    const { asked } = platform();
    await show(<RegisterPage />, ["account"]);
    await fill();
    expect(asked.map(({ path }) => path.split("/").at(-1))).toEqual(["register"]);
    expect(asked[0]?.headers.get("Authorization")).toBeNull();
  });

  it("goes on with the code after the page was loaded anew, until it is too old", async () => {
    platform();
    const first = await show(<RegisterPage />, ["account"]);
    await fill();
    first.unmount();
    const second = await show(<RegisterPage />, ["account"]);
    expect(screen.getByLabelText("코드")).toBeInTheDocument();
    second.unmount();
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 601_000);
    await show(<RegisterPage />, ["account"]);
    expect(screen.getByLabelText("새 비밀번호")).toBeInTheDocument();
  });

  it("shows why a password was refused, and keeps what was typed", async () => {
    fakeServer(() => problem(422, "password_common"));
    await show(<RegisterPage />, ["account"]);
    await enter(screen.getByLabelText("이메일"), "a@example.org");
    await enter(screen.getByLabelText("새 비밀번호"), "password");
    await press("코드 받기");
    expect(await screen.findByText("about password_common")).toBeInTheDocument();
    expect(screen.getByLabelText("새 비밀번호")).toHaveValue("password");
  });
});

it("shows whom a code opens, and uses it only when that is wanted", async () => {
  const found = {
    user: { id: "guest_2", username: "두루미", hash: "3fa9" },
    created_at: "2026-11-01T00:00:00Z",
  };
  const { asked } = fakeServer(({ path }) =>
    path.endsWith("/preview") ? { body: found } : tokensOf("guest"),
  );
  await show(<RecoverPage />, ["account"], "/account/recover#secret-of-the-code");
  await press("누구인지 보기");
  expect(await screen.findByText("두루미 님의 코드예요")).toBeInTheDocument();
  expect(person()).toBeNull();
  await press("이어서 쓰기");
  await expect.poll(() => person()?.id).toBe("guest_1");
  expect(asked.map(({ path, body }) => [path.replace("/api/v1/auth/", ""), body])).toEqual([
    ["recover/preview", '{"code":"secret-of-the-code"}'],
    ["recover", '{"code":"secret-of-the-code"}'],
  ]);
});
