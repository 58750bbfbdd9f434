import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { features } from "~/features";
import type { Feature } from "~/features/feature";
import { page } from "~/features/feature";
import { prefer } from "~/preferences/store";
import { show } from "~/test/show";
import { Page } from "~/ui/Page";
import { App } from "./App";
import { ErrorBoundary } from "./ErrorBoundary";

/** A feature that has a page saying its name, which once was at `/old/NAME`. */
function toy(name: string, place: "main" | "aside" = "main"): Feature {
  const Content = () => <Page title={`page of ${name}`}>{name}</Page>;
  return {
    name,
    navigation: { label: { ko: `${name} ko`, en: `${name} en` }, icon: "pin", path: `/${name}`, place },
    pages: [page(`/${name}`, [], () => Promise.resolve({ default: Content }))],
    movedPages: { [`/old/${name}`]: `/${name}` },
    catalogues: {},
  };
}

const TOYS = ["one", "two", "three", "four"].map((name) => toy(name)).concat(toy("five", "aside"));

const entries = () => within(screen.getByRole("navigation")).getAllByRole("listitem");

describe("the shell with five features", () => {
  it("has an entry for each, in their order and in the language of the reader", async () => {
    await show(<App features={TOYS} />, [], "/one");
    expect(entries().map((entry) => entry.textContent)).toEqual(TOYS.map(({ name }) => `${name} ko`));
    await act(async () => {
      document.documentElement.lang = "en";
      prefer({ language: "en" });
      await Promise.resolve();
    });
    expect(await screen.findByRole("link", { name: "five en" })).toHaveAttribute("href", "/five");
    document.documentElement.lang = "ko";
    prefer({ language: null });
  });

  it("leads to the pages of each", async () => {
    await show(<App features={TOYS} />, [], "/one");
    for (const { name } of TOYS) {
      const link = screen.getByRole("link", { name: `${name} ko` });
      await userEvent.click(link);
      expect(await screen.findByRole("heading", { level: 1, name: `page of ${name}` })).toBeInTheDocument();
      expect(link).toHaveAttribute("aria-current", "page");
    }
  });

  it("shows nothing of a feature that only others lead to", async () => {
    const { name, pages, catalogues } = toy("hidden");
    const hidden: Feature = { name, pages, catalogues };
    await show(<App features={[...TOYS, hidden]} />, [], "/hidden");
    expect(entries()).toHaveLength(5);
    expect(await screen.findByRole("heading", { level: 1, name: "page of hidden" })).toBeInTheDocument();
  });

  it("finds a page at the address that it had before", async () => {
    await show(<App features={TOYS} />, [], "/old/three");
    expect(await screen.findByRole("heading", { level: 1, name: "page of three" })).toBeInTheDocument();
  });
});

describe("App", () => {
  it("has an entry in the navigation for coach, bins, neighbours, learning and me", async () => {
    await show(<App features={features} />, [], "/me");
    await screen.findByRole("heading", { level: 1, name: "나" });
    expect(entries().map((entry) => entry.textContent)).toEqual(["코치", "수거함", "이웃", "배우기", "나"]);
  });

  it.each([
    ["/settings", "설정"],
    ["/history", "지난 답변"],
    ["/about", "분리는 이렇게 일해요"],
  ])(
    "still finds %s",
    async (address, title) => {
      await show(<App features={features} />, [], address);
      // The first page with MUI takes a while to be read on a busy machine.
      const heading = await screen.findByRole("heading", { level: 1, name: title }, { timeout: 25_000 });
      expect(heading).toBeInTheDocument();
    },
    30_000,
  );

  it("goes from page to page", async () => {
    await show(<App features={features} />, [], "/me/about");
    await screen.findByRole("heading", { level: 1, name: "분리는 이렇게 일해요" });
    await userEvent.click(screen.getByRole("link", { name: "나" }));
    expect(await screen.findByRole("heading", { level: 1, name: "나" })).toHaveFocus();
  });

  it("says so when there is no such page", async () => {
    await show(<App features={features} />, [], "/no/such/page");
    expect(
      await screen.findByRole("heading", { level: 1, name: "여기에는 아무것도 없어요" }),
    ).toBeInTheDocument();
  });

  it("tells when the network goes", async () => {
    await show(<App features={features} />, [], "/me/about");
    Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
    act(() => void window.dispatchEvent(new Event("offline")));
    expect(screen.getAllByText(/인터넷에 연결되어 있지 않아요/)).toHaveLength(2); // shown and said
    Object.defineProperty(navigator, "onLine", { value: true, configurable: true });
    act(() => void window.dispatchEvent(new Event("online")));
    expect(screen.getByText("다시 연결되었어요.")).toBeInTheDocument();
  });
});

describe("ErrorBoundary", () => {
  it("shows what broke in place of the page", async () => {
    const { error } = console;
    console.error = () => undefined; // React tells what we provoke
    function Bug(): never {
      throw new Error("a bug");
    }
    await show(
      <ErrorBoundary>
        <Bug />
      </ErrorBoundary>,
    );
    expect(screen.getByRole("heading", { level: 2 })).toHaveTextContent("저희 쪽에서 문제가 생겼어요");
    console.error = error;
  });
});
