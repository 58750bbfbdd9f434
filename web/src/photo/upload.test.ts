import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ticket } from "~/api/types";
import { upload } from "./upload";

/** A store that takes everything and says nothing. */
let store: Server;
let came: Promise<void>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let tell: () => void = () => undefined;
  came = new Promise((resolve) => {
    tell = resolve;
  });
  store = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Allow-Methods", "PUT");
    if (request.method === "PUT") tell();
    else response.end();
  });
  await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  vi.useRealTimers();
  store.closeAllConnections();
  await new Promise((resolve) => store.close(resolve));
});

function ticket() {
  const { port } = store.address() as AddressInfo;
  return { upload_url: `http://127.0.0.1:${port}/`, upload_method: "PUT", upload_headers: {} } as Ticket;
}

describe("upload", () => {
  it("takes an upload of which nothing moves any more for a lost connection", async () => {
    const sent = expect(upload(ticket(), new Blob(["photo"]))).rejects.toMatchObject({ code: "network" });
    await came;
    await vi.advanceTimersByTimeAsync(30_000);
    await sent;
  });

  it("ends when it is not wanted any more, and does not begin when it never was", async () => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const sent = expect(upload(ticket(), new Blob(["photo"]), { signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    await came;
    leaving.abort();
    await sent;
    await expect(upload(ticket(), new Blob(["photo"]), { signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});
