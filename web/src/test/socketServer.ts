import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { expect, vi } from "vitest";

/** A real Socket.IO server at a free port. `refuse` names the code with which a token is refused, or null. */
export async function startSocketServer(refuse: (token: unknown) => string | null = () => null) {
  const http = createServer();
  const io = new Server(http, { cors: { origin: "*" } });
  const chat = io.of("/chat");
  const tokens: unknown[] = [];
  chat.use((socket, next) => {
    const { token } = socket.handshake.auth as { token?: unknown };
    tokens.push(token);
    const code = refuse(token);
    next(code ? Object.assign(new Error("refused"), { data: { code } }) : undefined);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    /** The tokens of all handshakes. */
    tokens,
    /** Waits until so many sockets are connected. */
    connections: (count: number) =>
      vi.waitFor(() => expect(chat.sockets.size).toBe(count), { timeout: 10_000 }),
    push(...statuses: unknown[]) {
      for (const status of statuses) chat.emit("jobStatus", status);
    },
    /** Pushes a document to all. */
    emit(event: string, document: unknown) {
      chat.emit(event, document);
    },
    /** Acknowledges `event` by what `answer` makes of its document, on the sockets that are connected. */
    answer(event: string, answer: (document: unknown) => unknown) {
      for (const socket of chat.sockets.values())
        socket.on(event, (document: unknown, acknowledge: (given: unknown) => void) => {
          acknowledge(answer(document));
        });
    },
    /** Cuts the connections below the protocol, as a network does. */
    breakConnections() {
      for (const socket of chat.sockets.values()) socket.conn.close();
    },
    /** Ends the sockets, as the server does when a session is over. */
    end() {
      chat.disconnectSockets(true);
    },
    async stop() {
      http.closeAllConnections();
      await io.close();
    },
  };
}
