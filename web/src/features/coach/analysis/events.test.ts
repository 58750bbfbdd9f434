import { expect, it } from "vitest";
import { eventsOf, type ServerEvent } from "./events";

async function heard(...pieces: string[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(stream)) events.push(event);
  return events;
}

it("puts events together, however the network cut them", async () => {
  expect(await heard("event: sta", "tus\ndata: {", "}\n", "\nevent: status\ndata: 2\n\n")).toEqual([
    { name: "status", data: "{}" },
    { name: "status", data: "2" },
  ]);
});

it("does not take signs of life for news, nor half an event for a whole one", async () => {
  expect(await heard(": still here\n\n", "data: a\r\ndata: b\r\n\r\n", "event: status\ndata: cut")).toEqual([
    { name: "message", data: "a\nb" },
  ]);
});
