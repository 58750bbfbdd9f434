import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { features } from "~/features";
import { show } from "~/test/show";
import { App } from "./App";
import { Boundary } from "./Boundary";

describe("App", () => {
  it("has a name in the navigation for every feature", async () => {
    await show(<App />, [], "/about");
    await screen.findByRole("heading", { level: 1 });
    const links = screen.getByRole("navigation").querySelectorAll("li a");
    expect([...links].map((link) => link.getAttribute("href"))).toEqual(features.map(({ path }) => path));
    expect([...links].every((link) => link.textContent && !link.textContent.startsWith("features."))).toBe(
      true,
    );
  });

  it("goes from page to page", async () => {
    await show(<App />, [], "/about");
    await screen.findByRole("heading", { level: 1, name: "분리는 이렇게 일해요" });
    await userEvent.click(screen.getByRole("link", { name: "설정" }));
    expect(await screen.findByRole("heading", { level: 1, name: "설정" })).toHaveFocus();
  });

  it("says so when there is no such page", async () => {
    await show(<App />, [], "/no/such/page");
    expect(
      await screen.findByRole("heading", { level: 1, name: "여기에는 아무것도 없어요" }),
    ).toBeInTheDocument();
  });

  it("tells when the network goes", async () => {
    await show(<App />, [], "/about");
    Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
    act(() => void window.dispatchEvent(new Event("offline")));
    expect(screen.getAllByText(/인터넷에 연결되어 있지 않아요/)).toHaveLength(2); // shown and said
    Object.defineProperty(navigator, "onLine", { value: true, configurable: true });
    act(() => void window.dispatchEvent(new Event("online")));
    expect(screen.getByText("다시 연결되었어요.")).toBeInTheDocument();
  });
});

describe("Boundary", () => {
  it("shows what broke in place of the page", async () => {
    const { error } = console;
    console.error = () => undefined; // React tells what we provoke
    function Bug(): never {
      throw new Error("a bug");
    }
    await show(
      <Boundary>
        <Bug />
      </Boundary>,
    );
    expect(screen.getByRole("heading", { level: 2 })).toHaveTextContent("저희 쪽에서 문제가 생겼어요");
    console.error = error;
  });
});
