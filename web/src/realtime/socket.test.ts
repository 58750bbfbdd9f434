import { beforeEach, expect, it, vi } from "vitest";
import { accessToken, forgetSession } from "~/api/session";
import { fakeServer } from "~/test/fakeServer";
import { startSocketServer } from "~/test/socketServer";
import { makeConnection } from "./socket";

let made = 0;

beforeEach(() => {
  forgetSession();
  made = 0;
  fakeServer(() => ({
    body: {
      access_token: `token-${++made}`,
      refresh_token: "r",
      expires_in: 3600,
      user: { id: "guest_1", username: "" },
    },
  }));
});

const heard = () => ({ onConnect: vi.fn(), onDisconnect: vi.fn() });

it("opens one socket for all, and closes it when nobody wants it any more", async () => {
  const server = await startSocketServer();
  const connection = makeConnection(server.origin, 200);
  const first = connection.subscribe(heard());
  const second = connection.subscribe(heard());
  await server.connections(1);
  const pushed = vi.fn();
  second.on("jobStatus", pushed);
  server.push({ job_id: "1" });
  await vi.waitFor(() => expect(pushed).toHaveBeenCalledWith({ job_id: "1" }));
  first.end();
  second.end();
  const third = connection.subscribe(heard()); // before it was closed: the same socket
  await new Promise((resolve) => setTimeout(resolve, 400));
  await server.connections(1);
  expect(server.tokens).toEqual(["token-1"]);
  third.end();
  await server.connections(0);
  await server.stop();
});

it("connects with a new token when the old one is refused", async () => {
  const server = await startSocketServer((token) => (token === "token-1" ? "token_expired" : null));
  const callbacks = heard();
  const subscription = makeConnection(server.origin, 0).subscribe(callbacks);
  await server.connections(1);
  expect(server.tokens).toEqual(["token-1", "token-2"]);
  await vi.waitFor(() => expect(callbacks.onConnect).toHaveBeenCalledOnce());
  subscription.end();
  await server.stop();
});

it("comes back after the server ended the connection", async () => {
  let refused = false;
  const server = await startSocketServer((token) =>
    refused && token === "token-1" ? "token_invalid" : null,
  );
  const callbacks = heard();
  const subscription = makeConnection(server.origin, 0).subscribe(callbacks);
  await server.connections(1);
  refused = true;
  server.end();
  await vi.waitFor(() => expect(callbacks.onConnect).toHaveBeenCalledTimes(2), { timeout: 10_000 });
  expect(server.tokens).toEqual(["token-1", "token-1", "token-2"]);
  subscription.end();
  await server.stop();
});

it("gives what the server acknowledges, and says at once where nobody will", async () => {
  const server = await startSocketServer();
  const callbacks = heard();
  const subscription = makeConnection(server.origin, 0).subscribe(callbacks);
  await expect(subscription.ask("sendMessage", {})).rejects.toMatchObject({ code: "network" });
  await server.connections(1);
  await vi.waitFor(() => expect(callbacks.onConnect).toHaveBeenCalledOnce());
  server.answer("sendMessage", (document) => ({ status: "success", data: document }));
  await expect(subscription.ask("sendMessage", { content: "하나" })).resolves.toEqual({
    status: "success",
    data: { content: "하나" },
  });
  const unanswered = subscription.ask("markAsRead", {}); // nobody listens to it
  server.breakConnections();
  await expect(unanswered).rejects.toMatchObject({ code: "network" });
  subscription.end();
  await server.stop();
});

it("connects at once when the network is back", async () => {
  const server = await startSocketServer();
  const callbacks = heard();
  const subscription = makeConnection(server.origin, 0).subscribe(callbacks);
  await server.connections(1);
  await vi.waitFor(() => expect(callbacks.onConnect).toHaveBeenCalledOnce());
  server.breakConnections();
  await vi.waitFor(() => expect(callbacks.onDisconnect).toHaveBeenCalledOnce());
  window.dispatchEvent(new Event("online"));
  await vi.waitFor(() => expect(callbacks.onConnect).toHaveBeenCalledTimes(2), { timeout: 800 });
  subscription.end();
  await server.stop();
});

it("closes as soon as the session ends, and opens for who signs in next with their token", async () => {
  const server = await startSocketServer();
  const connection = makeConnection(server.origin);
  const callbacks = heard();
  const subscription = connection.subscribe(callbacks);
  const pushed = vi.fn();
  subscription.on("jobStatus", pushed);
  await server.connections(1);
  forgetSession();
  await server.connections(0);
  expect(callbacks.onDisconnect).toHaveBeenCalled();
  expect(server.tokens).toEqual(["token-1"]); // nobody was signed in only to connect
  await accessToken();
  await server.connections(1);
  expect(server.tokens).toEqual(["token-1", "token-2"]);
  server.push({ job_id: "1" });
  await vi.waitFor(() => expect(pushed).toHaveBeenCalledOnce());
  subscription.end();
  await server.stop();
});

it("does not linger after the session, although nobody is subscribed", async () => {
  const server = await startSocketServer();
  const subscription = makeConnection(server.origin).subscribe(heard());
  await server.connections(1);
  subscription.end();
  forgetSession();
  await server.connections(0);
  await server.stop();
});

it("closes when another tab signs out", async () => {
  const server = await startSocketServer();
  const subscription = makeConnection(server.origin).subscribe(heard());
  await server.connections(1);
  const oldValue = localStorage.getItem("bunri.session");
  localStorage.removeItem("bunri.session");
  window.dispatchEvent(new StorageEvent("storage", { key: "bunri.session", oldValue, newValue: null }));
  await server.connections(0);
  subscription.end();
  await server.stop();
});

it("comes back at a time of its own after a server restarted", async () => {
  const server = await startSocketServer();
  const waits = vi.spyOn(globalThis, "setTimeout");
  const subscriptions = Array.from({ length: 8 }, () => makeConnection(server.origin, 0).subscribe(heard()));
  await server.connections(8);
  waits.mockClear();
  server.breakConnections();
  const again = () => waits.mock.calls.map(([, ms = 0]) => ms).filter((ms) => ms > 300 && ms < 2_000);
  await vi.waitFor(() => expect(again().length).toBeGreaterThanOrEqual(8));
  expect(new Set(again()).size).toBeGreaterThan(4);
  waits.mockRestore();
  for (const each of subscriptions) each.end();
  await server.stop();
});
