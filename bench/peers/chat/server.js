// The peer of the chat's fan-out: a room of Socket.IO, as its documentation shows it. Nothing is stored and nobody is asked for.
// node server.js  prints the port on which it listens. With REDIS_URL several of them are one, by the Redis adapter.
const { createServer } = require("http");
const { createAdapter } = require("@socket.io/redis-adapter");
const Redis = require("ioredis");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, pingInterval: 25000, pingTimeout: 20000 });
let seq = 0;

if (process.env.REDIS_URL) {
  const publishing = new Redis(process.env.REDIS_URL);
  io.adapter(createAdapter(publishing, publishing.duplicate()));
}

io.of("/chat").on("connection", (socket) => {
  socket.on("joinRoom", ({ roomId }, ack) => {
    socket.join(`room:${roomId}`);
    ack({ status: "success" });
  });
  socket.on("sendMessage", (message, ack) => {
    seq += 1;
    const { filler, ...said } = message;
    io.of("/chat").to(`room:${message.room}`).emit("newMessage", { ...said, ...filler, seq });
    ack({ status: "success" });
  });
});

http.listen(0, "127.0.0.1", () => console.log(http.address().port));
