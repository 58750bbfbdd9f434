import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RoomFile } from "~/api/types";
import { show } from "~/test/show";
import { Files } from "./Files";

vi.mock("~/api/session", async (original) => ({
  ...(await original<object>()),
  accessToken: () => Promise.resolve("token"),
}));

const PICTURE: RoomFile = {
  id: "p1",
  name: "컵.webp",
  contentType: "image/webp",
  size: 4,
  kind: "image",
  width: 1200,
  height: 900,
  url: "/api/v1/chat/files/p1",
  thumbnailUrl: "/api/v1/chat/files/p1/thumbnail",
};
const DOCUMENT: RoomFile = {
  ...PICTURE,
  id: "d1",
  name: "안내문.pdf",
  contentType: "application/pdf",
  size: 1_200_000,
  kind: "file",
  width: null,
  height: null,
  url: "/api/v1/chat/files/d1",
  thumbnailUrl: null,
};

let asked: string[];
let isThere: boolean;
let revoked: string[];

beforeEach(() => {
  [asked, revoked, isThere] = [[], [], true];
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(`${new URL(request.url).pathname} ${request.headers.get("Authorization") ?? "nobody"}`);
    const answer = isThere ? new Response("webp") : new Response("", { status: 404 });
    return Promise.resolve(answer);
  });
  let made = 0;
  Object.assign(URL, {
    createObjectURL: () => `blob:${++made}`,
    revokeObjectURL: (url: string) => revoked.push(url),
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a picture", () => {
  it("has its place before it is here, and is fetched with the token", async () => {
    const { container, unmount } = await show(<Files files={[PICTURE]} />, ["chat"]);
    const place = screen.getByRole("button", { name: "사진 크게 보기: 컵.webp" });
    expect(place.style.aspectRatio).toBe("1200 / 900");
    expect(place.style.width).toBe("18rem");
    await waitFor(() => expect(container.querySelector("img")?.src).toBe("blob:1"));
    expect(asked).toEqual(["/api/v1/chat/files/p1/thumbnail Bearer token"]);
    unmount();
    expect(revoked).toEqual(["blob:1"]);
  });

  it("is shown whole when it is pressed", async () => {
    HTMLDialogElement.prototype.showModal = vi.fn();
    HTMLDialogElement.prototype.close = vi.fn();
    await show(<Files files={[PICTURE]} />, ["chat"]);
    fireEvent.click(screen.getByRole("button", { name: "사진 크게 보기: 컵.webp" }));
    await waitFor(() => expect(asked).toContain("/api/v1/chat/files/p1 Bearer token"));
    await waitFor(() => expect(screen.getByAltText("컵.webp")).toHaveAttribute("src"));
  });

  it("that is gone says so", async () => {
    isThere = false;
    await show(<Files files={[PICTURE]} />, ["chat"]);
    expect(await screen.findByText("사진을 불러오지 못했어요")).toBeVisible();
  });
});

describe("another file", () => {
  it("is saved under its name, and only when it is asked for", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(`${this.download} ${this.href}`);
    });
    await show(<Files files={[DOCUMENT]} />, ["chat"]);
    expect(screen.getByText("1.2MB")).toBeVisible();
    expect(asked).toEqual([]);
    fireEvent.click(screen.getByRole("button", { name: "안내문.pdf 내려받기" }));
    await waitFor(() => expect(saved).toEqual(["안내문.pdf blob:1"]));
    expect(asked).toEqual(["/api/v1/chat/files/d1 Bearer token"]);
  });

  it("that cannot be fetched says why", async () => {
    isThere = false;
    await show(<Files files={[DOCUMENT]} />, ["chat"]);
    fireEvent.click(screen.getByRole("button", { name: "안내문.pdf 내려받기" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/\S/);
  });
});
