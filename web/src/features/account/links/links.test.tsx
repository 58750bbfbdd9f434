import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { forgetSession, person } from "~/api/session";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import ConfirmPage from "./ConfirmPage";
import UndoEmailPage from "./UndoEmailPage";

const TOKEN = "t".repeat(43);
const tokens = {
  body: {
    access_token: "a",
    refresh_token: null,
    expires_in: 900,
    user: { id: "guest_1", username: "초록이", kind: "account" },
  },
};

/** Pasted: typing takes a while, letter by letter. */
async function enter(field: HTMLElement, text: string) {
  await userEvent.click(field);
  await userEvent.paste(text);
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  forgetSession();
});

describe("the link that confirms an address", () => {
  it("does nothing before the button is pressed, and signs in where it was asked for", async () => {
    const { asked } = fakeServer(() => tokens);
    await show(<ConfirmPage />, ["account"], `/account/confirm#${TOKEN}`);
    expect(asked).toEqual([]);
    await press("확인하기");
    await expect.poll(() => person()?.kind).toBe("account");
    expect(asked.map(({ path, body }) => [path, JSON.parse(body) as unknown])).toEqual([
      ["/api/v1/auth/verify-email", { token: TOKEN, password: null }],
    ]);
  });

  it("asks for the password elsewhere, and signs nobody in there", async () => {
    const { asked } = fakeServer(({ body }) =>
      body.includes("my secret") ? { status: 204, body: "" } : problem(409, "confirmation_elsewhere"),
    );
    await show(<ConfirmPage />, ["account"], `/account/confirm#${TOKEN}`);
    await press("확인하기");
    await enter(await screen.findByLabelText("비밀번호"), "my secret");
    expect(screen.queryByText("about confirmation_elsewhere")).not.toBeInTheDocument();
    await press("확인하기");
    expect(await screen.findByText(/확인했어요/)).toBeInTheDocument();
    expect(JSON.parse(asked[1]?.body ?? "")).toEqual({ token: TOKEN, password: "my secret" });
    expect(person()).toBeNull();
  });

  it("still wants the password after a wrong one", async () => {
    fakeServer(({ body }) =>
      body.includes("not mine") ? problem(401, "sign_in_failed") : problem(409, "confirmation_elsewhere"),
    );
    await show(<ConfirmPage />, ["account"], `/account/confirm#${TOKEN}`);
    await press("확인하기");
    await enter(await screen.findByLabelText("비밀번호"), "not mine");
    await press("확인하기");
    expect(await screen.findByText("about sign_in_failed")).toBeInTheDocument();
    expect(screen.getByLabelText("비밀번호")).toHaveValue("not mine");
  });

  it("says so where its secret is missing", async () => {
    await show(<ConfirmPage />, ["account"], "/account/confirm");
    expect(screen.getByText("링크가 온전하지 않아요")).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });
});

it("takes the code with or without the mail's space, in digits of any width", async () => {
  const { asked } = fakeServer(() => ({ status: 204, body: "" }));
  await show(<UndoEmailPage />, ["account"], `/account/undo-email#${TOKEN}`);
  await enter(screen.getByLabelText("코드"), "１２３ 456");
  await press("되돌리기");
  expect(await screen.findByText(/이전 이메일로 되돌렸어요/)).toBeInTheDocument();
  expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ token: TOKEN, code: "123456" });
});
