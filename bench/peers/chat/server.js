// The peer of the chat's fan-out: a room of Socket.IO, as its documentation shows it. Nobody is asked for, and nothing is stored
// but with DATABASE_URL: then each message first, numbered without a gap, once for each clientId, by node-postgres.
// node server.js  prints the port on which it listens. With REDIS_URL several of them are one, by the Redis adapter.
const { createServer } = require("http");
const { createAdapter } = require("@socket.io/redis-adapter");
const Redis = require("ioredis");
const { Pool } = require("pg");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, pingInterval: 25000, pingTimeout: 20000 });
const database = process.env.DATABASE_URL && new Pool({ connectionString: process.env.DATABASE_URL, max: 8 });
let counted = 0;

const TABLES = `
  create schema if not exists peer;
  create table if not exists peer.rooms (id text primary key, seq bigint not null);
  create table if not exists peer.messages (
    room text not null references peer.rooms, seq bigint not null, client_id text not null, content text not null,
    created_at timestamptz not null default now(), primary key (room, seq), unique (room, client_id)
  )`;

async function stored({ room, clientId, content }) {
  const client = await database.connect();
  try {
    await client.query("begin");
    const number = "update peer.rooms set seq = seq + 1 where id = $1 returning seq";
    const { rows } = await client.query({ name: "number", text: number, values: [room] });
    const add = "insert into peer.messages (room, seq, client_id, content) values ($1, $2, $3, $4)";
    await client.query({ name: "add", text: add, values: [room, rows[0].seq, clientId, content] });
    await client.query("commit");
    return Number(rows[0].seq);
  } finally {
    client.release();
  }
}

if (process.env.REDIS_URL) {
  const publishing = new Redis(process.env.REDIS_URL);
  io.adapter(createAdapter(publishing, publishing.duplicate()));
}

io.of("/chat").on("connection", (socket) => {
  socket.on("joinRoom", async ({ roomId }, ack) => {
    if (database) await database.query("insert into peer.rooms values ($1, 0) on conflict do nothing", [roomId]);
    socket.join(`room:${roomId}`);
    ack({ status: "success" });
  });
  socket.on("sendMessage", async (message, ack) => {
    const seq = database ? await stored(message) : ++counted;
    const { filler, ...said } = message;
    io.of("/chat").to(`room:${message.room}`).emit("newMessage", { ...said, ...filler, seq });
    ack({ status: "success" });
  });
});

const listen = () => http.listen(0, "127.0.0.1", () => console.log(http.address().port));
database ? database.query(TABLES).then(listen) : listen();
