import type { Socket } from "socket.io-client";
import { Problem } from "~/api/problem";
import { accessToken, onSessionEnded, onSessionStarted, replaceToken } from "~/api/session";

/** What the server pushes: a name, and a document of the contract. */
type Listener = (document: unknown) => void;

export type Subscription = Readonly<{
  /** Calls `listener` for every `event` from now on. */
  on: (event: string, listener: Listener) => void;
  /**
   * Sends `event` and gives what the server acknowledges. Throws a Problem `network` where the socket is not connected, or
   * nothing is acknowledged in time: then nobody knows whether the server has done it.
   */
  ask: (event: string, document: unknown) => Promise<unknown>;
  isConnected: () => boolean;
  /** The socket is not wanted any more. */
  end: () => void;
}>;

type Callbacks = Readonly<{
  /** The socket is connected, for the first time or again: what was pushed meanwhile is missed. */
  onConnect: () => void;
  /** There is no connection: it could not be made or broke. It is tried again. */
  onDisconnect: () => void;
}>;

/** Anything that gives a part of the tab the socket. */
export type SocketConnection = Readonly<{ subscribe: (callbacks: Callbacks) => Subscription }>;

const NAMESPACE = "/chat";
const PATH = "/socket.io/";
/** How long the socket stays open when nobody wants it: the next page often does. */
const LINGER_MS = 30_000;
/** After a refusal, and twice as long after each further one up to the longest. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** How long an acknowledgement may take. */
const ACK_MS = 10_000;

/**
 * One socket for all who subscribe: opened for the first of them, closed some time after the last one left. It reconnects
 * by itself, at once when the network is back. A token that the server refuses is replaced.
 */
export function makeConnection(origin: string, lingerMs = LINGER_MS): SocketConnection {
  const subscribers = new Set<Callbacks>();
  /** Listeners of all subscribers, for sockets that are opened later. */
  const listeners = new Set<readonly [string, Listener]>();
  let socket: Socket | null = null;
  let opening = false;
  let token: string | null = null;
  let refusals = 0;
  let closeTimer: ReturnType<typeof setTimeout> | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;

  const disconnected = () => {
    for (const { onDisconnect } of subscribers) onDisconnect();
  };

  const open = async () => {
    if (socket || opening) return;
    opening = true;
    try {
      const { io } = await import("socket.io-client");
      if (subscribers.size === 0) return;
      window.addEventListener("online", reconnectNow);
      socket = connect(io(origin + NAMESPACE, OPTIONS));
    } catch {
      disconnected(); // its code cannot be fetched: the next subscriber tries again
    } finally {
      opening = false;
    }
  };

  const OPTIONS = {
    path: PATH,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    autoConnect: false,
    forceNew: true,
    // When a server restarts, all tabs lose their sockets at once; they must not all come back at once.
    reconnectionDelay: 1_000,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
    auth: (send: (data: { token: string | null }) => void) => {
      accessToken().then(
        (current) => {
          token = current;
          send({ token });
        },
        () => {
          send({ token: null }); // refused by the server, and tried again
        },
      );
    },
  };

  const connect = (opened: Socket): Socket => {
    for (const [event, listener] of listeners) opened.on(event, listener);
    opened.on("connect", () => {
      refusals = 0;
      for (const { onConnect } of subscribers) onConnect();
    });
    opened.on("disconnect", (reason) => {
      disconnected();
      if (reason === "io server disconnect") retryLater();
    });
    opened.on("connect_error", (error: Error & { data?: { code?: string } }) => {
      disconnected();
      if (opened.active) return; // the library tries again
      if (error.data?.code?.startsWith("token_") && token) {
        void replaceToken(token)
          .catch(() => undefined)
          .then(retryLater);
      } else retryLater();
    });
    return opened.connect();
  };

  /** The server refused or ended the connection; the library leaves it to us to try again. */
  const retryLater = () => {
    clearTimeout(retryTimer);
    const wait = refusals === 0 ? 0 : Math.min(FIRST_RETRY_MS * 2 ** (refusals - 1), LONGEST_RETRY_MS);
    refusals += 1;
    const connectAgain = () => {
      if (socket && !socket.active) socket.connect();
    };
    retryTimer = setTimeout(connectAgain, wait * (0.5 + Math.random()));
  };

  /** Does not wait for the library's next attempt. */
  const reconnectNow = () => {
    if (socket && !socket.connected) socket.disconnect().connect();
  };

  const close = () => {
    clearTimeout(closeTimer);
    clearTimeout(retryTimer);
    window.removeEventListener("online", reconnectNow);
    socket?.disconnect();
    socket = null;
    refusals = 0;
  };

  const subscribe = (callbacks: Callbacks): Subscription => {
    const own: (readonly [string, Listener])[] = [];
    clearTimeout(closeTimer);
    subscribers.add(callbacks);
    void open();
    return {
      on(event, listener) {
        const entry = [event, listener] as const;
        own.push(entry);
        listeners.add(entry);
        socket?.on(event, listener);
      },
      async ask(event, document) {
        const asked = socket;
        if (!asked?.connected) throw Problem.network();
        // A socket that is lost meanwhile acknowledges nothing: nobody has to wait for the whole time then.
        let onLost: () => void = () => undefined;
        const lost = new Promise<never>((_, reject) => {
          onLost = () => {
            reject(Problem.network());
          };
          asked.once("disconnect", onLost);
        });
        const answered = asked.timeout(ACK_MS).emitWithAck(event, document);
        try {
          return await (Promise.race([answered, lost]) as Promise<unknown>);
        } catch {
          throw Problem.network();
        } finally {
          asked.off("disconnect", onLost);
          answered.catch(() => undefined);
        }
      },
      isConnected: () => socket?.connected ?? false,
      end() {
        if (!subscribers.delete(callbacks)) return;
        for (const entry of own) {
          listeners.delete(entry);
          socket?.off(...entry);
        }
        if (subscribers.size === 0) closeTimer = setTimeout(close, lingerMs);
      },
    };
  };

  // Nothing more may be pushed for a person who signed out; whoever signs in next connects with a token of their own.
  onSessionEnded(close);
  onSessionStarted(() => {
    if (subscribers.size > 0) void open();
  });
  return { subscribe };
}

/** The socket of this tab, shared by all features. */
export const tabConnection = makeConnection(window.location.origin);
