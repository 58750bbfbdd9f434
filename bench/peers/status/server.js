// The peer of the status poll: one GET from Valkey, auto-pipelined, its bytes passed on as JSON.
// VALKEY_URL=redis://… node server.js  prints the port on which it listens.
const fastify = require("fastify")({ logger: false });
const { Redis } = require("ioredis");

const valkey = new Redis(process.env.VALKEY_URL, { enableAutoPipelining: true });

fastify.get("/status/:id", async (request, reply) => {
  reply.type("application/json");
  return valkey.get(`bench:${request.params.id}`);
});

fastify.listen({ host: "127.0.0.1", port: 0 }).then(() => console.log(fastify.server.address().port));
