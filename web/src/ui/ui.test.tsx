import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type SubmitEvent } from "react";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "~/api/problem";
import { show } from "~/test/show";
import { announce, Announcer } from "./announce";
import { Button } from "./Button";
import { Choices } from "./Choices";
import { Page } from "./Page";
import { toast, Toasts } from "./toast";
import { ErrorMessage } from "./ErrorMessage";
import { useConfirmation } from "./useConfirmation";

describe("announce", () => {
  it("says the same words twice as two pieces of news", async () => {
    await show(<Announcer />);
    const status = screen.getByRole("status");
    act(() => announce("분석 중"));
    const first = status.textContent;
    act(() => announce("분석 중"));
    expect(status.textContent).not.toBe(first);
    expect(status).toHaveTextContent("분석 중");
    expect(screen.getByRole("alert")).toBeEmptyDOMElement();
  });
});

describe("toast", () => {
  it("offers its action and goes when it is taken", async () => {
    const run = vi.fn();
    await show(<Toasts />);
    act(() => toast({ text: "지웠어요.", action: { label: "되돌리기", run } }));
    await userEvent.click(screen.getByRole("button", { name: "되돌리기" }));
    expect(run).toHaveBeenCalledOnce();
    expect(screen.queryByText("지웠어요.")).not.toBeInTheDocument();
  });

  it("shows the last three at most", async () => {
    await show(<Toasts />);
    act(() => ["하나", "둘", "셋", "넷"].forEach((text) => toast({ text, lasting: true })));
    const shown = within(screen.getByRole("region", { name: "알림" })).getAllByRole("paragraph");
    expect(shown.map((one) => one.textContent)).toEqual(["둘", "셋", "넷"]);
  });
});

describe("Page", () => {
  it("names the tab, and takes the focus once somebody comes from another page", async () => {
    const first = await show(<Page title="처음">…</Page>);
    expect(document.title).toBe("처음 · 분리");
    first.unmount();
    await show(<Page title="다음">…</Page>);
    expect(screen.getByRole("heading", { level: 1, name: "다음" })).toHaveFocus();
  });
});

describe("ErrorMessage", () => {
  it("lets people try again where that can help", async () => {
    const again = vi.fn();
    await show(<ErrorMessage error={Problem.network()} onRetry={again} />);
    await userEvent.click(screen.getByRole("button", { name: "다시 시도" }));
    expect(again).toHaveBeenCalledOnce();
  });

  it("leads to the search by words where a photo cannot help", async () => {
    await show(<ErrorMessage error={new Problem({ status: 503, code: "vision_missing", detail: "" })} />);
    expect(screen.getByRole("link", { name: "말로 찾기" })).toHaveAttribute("href", "/search");
  });

  it("leads home where it cannot", async () => {
    await show(<ErrorMessage error={new Problem({ status: 404, code: "job_missing", detail: "" })} />);
    expect(screen.getByRole("link", { name: "첫 화면으로" })).toHaveAttribute("href", "/");
  });
});

describe("Button", () => {
  it("takes no press while it is busy, and keeps the focus", async () => {
    const press = vi.fn();
    const send = vi.fn();
    function Form() {
      const [busy, setBusy] = useState(false);
      const submit = (event: SubmitEvent) => {
        event.preventDefault();
        send();
        setBusy(true);
      };
      return (
        <form onSubmit={submit}>
          <Button type="submit" busy={busy} onClick={press}>
            보내기
          </Button>
        </form>
      );
    }
    await show(<Form />);
    const button = screen.getByRole("button");
    await userEvent.click(button);
    expect(button).toHaveFocus();
    expect(button).toHaveAttribute("aria-disabled", "true");
    await userEvent.click(button);
    await userEvent.keyboard("{Enter}");
    expect([press, send].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});

describe("useConfirmation", () => {
  it("hands the focus from the button to the question and back", async () => {
    function Asking() {
      const { asking, setAsking, question, trigger } = useConfirmation();
      return asking ? (
        <div ref={question} tabIndex={-1} role="group" aria-label="정말요?">
          <Button onClick={() => setAsking(false)}>아니요</Button>
        </div>
      ) : (
        <Button ref={trigger} onClick={() => setAsking(true)}>
          지우기
        </Button>
      );
    }
    await show(<Asking />);
    expect(document.body).toHaveFocus();
    await userEvent.click(screen.getByRole("button", { name: "지우기" }));
    expect(screen.getByRole("group")).toHaveFocus();
    await userEvent.click(screen.getByRole("button", { name: "아니요" }));
    expect(screen.getByRole("button", { name: "지우기" })).toHaveFocus();
  });
});

describe("Choices", () => {
  it("is one stop for Tab and moves by arrows", async () => {
    function Two() {
      const [value, setValue] = useState<"a" | "b">("a");
      const choices = [
        { value: "a", label: "가" },
        { value: "b", label: "나" },
      ] as const;
      return <Choices label="고르기" choices={choices} value={value} onChange={setValue} />;
    }
    await show(<Two />);
    await userEvent.tab();
    expect(screen.getByRole("radio", { name: "가" })).toHaveFocus();
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getByRole("radio", { name: "나" })).toBeChecked();
  });
});
