// The official client of Socket.IO, driven by lines of JSON: a command a line comes in, what the client hears goes out.
//
//   node socket_client.mjs URL TOKEN TRANSPORTS NAMESPACE
//   {"id": 1, "emit": "joinRoom", "data": {…}}  →  {"id": 1, "ack": {…}}
//   {"known": {"<room>": 5}}                     what is resumed after each further connection
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { io } = require("socket.io-client");

const [url, token, transports, namespace] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const seen = {};

const socket = io(url + namespace, {
  auth: { token },
  transports: transports.split(","),
  reconnectionDelay: 200,
  reconnectionDelayMax: 1000,
  timeout: 5000,
});

socket.on("connect", () => {
  say({ connected: socket.io.engine.transport.name });
  socket.io.engine.once("upgrade", (transport) => say({ upgraded: transport.name }));
  if (Object.keys(seen).length > 0) socket.emit("resume", { rooms: seen });
});
socket.on("disconnect", (reason) => say({ disconnected: reason }));
socket.on("connect_error", (error) => say({ refused: error.message, data: error.data ?? null }));
socket.onAny((event, data) => {
  if (event === "newMessage" && data.room in seen) seen[data.room] = Math.max(seen[data.room], data.seq);
  say({ event, data });
});

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, emit, data, known, drop } = JSON.parse(line);
  if (known) Object.assign(seen, known);
  else if (drop) socket.io.engine.close(); // as a network does that goes away: it connects again
  else if (id) socket.emit(emit, data, (ack) => say({ id, ack }));
  else socket.emit(emit, data); // as clients of old do
});
process.stdin.on("end", () => process.exit(0));
