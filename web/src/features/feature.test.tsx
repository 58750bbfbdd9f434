import { act, screen } from "@testing-library/react";
import { createElement, Suspense } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorBoundary } from "~/app/ErrorBoundary";
import { show } from "~/test/show";
import { page } from "./feature";

const gone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
const reload = vi.fn();

beforeEach(() => {
  sessionStorage.clear();
  reload.mockClear();
  vi.stubGlobal("location", { reload, origin: location.origin });
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells what we provoke
});

/** Goes to the page that `load` fetches. */
async function visit(load: Parameters<typeof page>[2]) {
  const { Component } = page("/there", [], load);
  await act(() =>
    show(
      <ErrorBoundary>
        <Suspense fallback="skeleton">{createElement(Component)}</Suspense>
      </ErrorBoundary>,
    ),
  );
}

describe("a page whose code is gone", () => {
  it("reloads nothing while it is only preloaded", async () => {
    await page("/there", [], gone).preload();
    expect(reload).not.toHaveBeenCalled();
  });

  it.each([
    ["its module", new TypeError("Failed to fetch")],
    ["its style sheet", new Error("Unable to preload CSS for /assets/there.css")],
  ])("is fetched with a new shell when somebody goes there: %s", async (_, error) => {
    await visit(() => Promise.reject(error));
    expect(reload).toHaveBeenCalledOnce();
    expect(screen.getByText("skeleton")).toBeInTheDocument();
  });

  it("says so when that was done already", async () => {
    await visit(gone);
    await visit(gone);
    expect(reload).toHaveBeenCalledOnce();
    expect(screen.getByRole("heading", { level: 2 })).toHaveTextContent("연결이 되지 않아요");
  });

  it("says so without a network", async () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    await visit(gone);
    expect(reload).not.toHaveBeenCalled();
    expect(screen.getByRole("heading", { level: 2 })).toHaveTextContent("연결이 되지 않아요");
  });

  it("is a bug of ours when it came and broke", async () => {
    await visit(() => Promise.reject(new Error("a bug")));
    expect(reload).not.toHaveBeenCalled();
    expect(screen.getByRole("heading", { level: 2 })).toHaveTextContent("저희 쪽에서 문제가 생겼어요");
  });
});
