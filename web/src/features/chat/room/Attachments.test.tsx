import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { useRef } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RoomFile } from "~/api/types";
import { clearList, queue } from "~/outbox/messages/list";
import { fakeServer, problem } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Toasts } from "~/ui/toast";
import { Composer } from "./Composer";

vi.mock("~/api/session", async (original) => ({
  ...(await original<object>()),
  accessToken: () => Promise.resolve("token"),
}));

/** A store that takes what comes, or lets it wait. */
let store: Server;
let came: IncomingMessage[];
let isSlow: boolean;
let rooms = 0;

beforeEach(async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  came = [];
  isSlow = false;
  store = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Allow-Methods", "PUT");
    if (request.method === "PUT") came.push(request.resume());
    if (request.method !== "PUT" || !isSlow) response.end();
  });
  await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  clearList();
  store.closeAllConnections();
  await new Promise((resolve) => store.close(resolve));
});

const file = (id: string, more: Partial<RoomFile> = {}): RoomFile => ({
  id,
  name: `${id}.pdf`,
  contentType: "application/pdf",
  size: 3,
  kind: "file",
  width: null,
  height: null,
  url: `/api/v1/chat/files/${id}`,
  thumbnailUrl: null,
  ...more,
});

/** Takes every file as `file-1`, `file-2` …; `complete` says what becomes of each. */
function server(complete: (id: string, tries: number) => ReturnType<typeof problem>) {
  const { port } = store.address() as AddressInfo;
  const tries = new Map<string, number>();
  let announced = 0;
  return fakeServer(({ method, path }) => {
    const ticket = { upload_method: "PUT", upload_headers: {}, upload_url: `http://127.0.0.1:${port}/` };
    if (path.endsWith("/files")) return { status: 201, body: { file_id: `file-${++announced}`, ...ticket } };
    if (method === "DELETE") return { status: 204 };
    const id = /files\/([^/]+)\/complete/.exec(path)?.[1];
    if (!id) return "silence"; // messages wait
    tries.set(id, (tries.get(id) ?? 0) + 1);
    return complete(id, tries.get(id) ?? 0);
  });
}

function Field({ room }: { room: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <Toasts />
      <Composer room={room} members={[]} writing={{ kind: "new" }} onDone={() => undefined} field={field} />
    </>
  );
}

async function shown(): Promise<string> {
  const room = `room ${++rooms}`;
  await show(<Field room={room} />, ["chat"]);
  return room;
}

function choose(...names: string[]): void {
  const input = document.querySelector("input[type=file]");
  if (!input) throw new Error("no input");
  const files = names.map((name) => new File([name.startsWith("empty") ? "" : "abc"], name));
  Object.defineProperty(input, "files", { value: files, configurable: true });
  Object.defineProperty(input, "value", { value: "", configurable: true, writable: true });
  fireEvent.change(input);
}

/** As many are ready as that; each has gone over a real connection. */
const ready = (count: number) =>
  waitFor(() => expect(list().getAllByText("보낼 준비가 됐어요")).toHaveLength(count), { timeout: 20_000 });
const send = () => screen.getByRole("button", { name: "보내기" });
const list = () => within(screen.getByRole("list", { name: "붙인 파일" }));

describe("files of a message", () => {
  it("are sent at once, and go with it in their order, also without words", async () => {
    server((id) => ({ body: file(id) }));
    const room = await shown();
    expect(send()).toBeDisabled();
    choose("a.pdf", "b.pdf");
    expect(send()).toBeDisabled();
    await ready(2);
    expect(came).toHaveLength(2);
    fireEvent.click(send());
    await waitFor(() => expect(queue().filter((one) => one.room === room)).toHaveLength(1));
    const [message] = queue().filter((one) => one.room === room);
    expect(message?.content).toBe("");
    expect(message?.files?.map(({ id }) => id)).toEqual(["file-1", "file-2"]);
    expect(screen.queryByRole("list", { name: "붙인 파일" })).toBeNull();
  });

  it("say at once why one is not taken, and may be left out", async () => {
    const { asked } = server((id) => (id === "file-1" ? problem(422, "broken_photo") : { body: file(id) }));
    await shown();
    choose("half.jpg", "whole.pdf");
    expect(await screen.findByRole("alert")).toHaveTextContent("about broken_photo");
    await ready(1);
    fireEvent.click(screen.getByRole("button", { name: "half.jpg 빼기" }));
    expect(screen.queryByText("half.jpg")).toBeNull();
    expect(send()).toBeEnabled();
    expect(asked.filter(({ method }) => method === "DELETE").map(({ path }) => path)).toEqual([
      "/api/v1/chat/files/file-1",
    ]);
  });

  it("are looked at again by themselves when nobody could just then", async () => {
    server((id, tries) =>
      tries === 1 ? problem(503, "file_busy", { "Retry-After": "0" }) : { body: file(id) },
    );
    await shown();
    choose("a.pdf");
    await ready(1);
  });

  it("may be sent again by hand", async () => {
    let isUp = false;
    server((id) => (isUp ? { body: file(id) } : problem(422, "file_mismatch")));
    await shown();
    choose("a.pdf");
    await screen.findByRole("alert");
    isUp = true;
    fireEvent.click(screen.getByRole("button", { name: "다시 보내기" }));
    await ready(1);
  });

  it("end on their way when they are left out, and the next one goes", async () => {
    const { asked } = server((id) => ({ body: file(id) }));
    isSlow = true;
    await shown();
    choose("slow.pdf", "next.pdf");
    await waitFor(() => expect(came).toHaveLength(1));
    expect(screen.getByRole("progressbar", { name: "보내는 중: slow.pdf" })).toBeVisible();
    isSlow = false;
    fireEvent.click(screen.getByRole("button", { name: "slow.pdf 빼기" }));
    await ready(1);
    expect(came).toHaveLength(2);
    expect(asked.some(({ method, path }) => method === "DELETE" && path.endsWith("file-1"))).toBe(true);
  });

  it("are ten at most, and never empty", async () => {
    const { asked } = server((id) => ({ body: file(id) }));
    await shown();
    choose("empty.txt", ...Array.from({ length: 11 }, (_, at) => `${at}.pdf`));
    expect(await screen.findByRole("alert")).toHaveTextContent("비어 있는 파일이에요.");
    expect(list().getAllByRole("listitem")).toHaveLength(10);
    expect((await screen.findAllByText("한 번에 10개까지 보낼 수 있어요."))[0]).toBeVisible();
    await ready(9);
    expect(asked.filter(({ path }) => path.endsWith("/files"))).toHaveLength(9);
  });

  it("may be pasted", async () => {
    server((id) => ({ body: file(id) }));
    await shown();
    fireEvent.paste(screen.getByRole("textbox"), {
      clipboardData: { files: [new File(["abc"], "shot.png")], types: ["Files"] },
    });
    await list().findByText("shot.png");
  });
});
