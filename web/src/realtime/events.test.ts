import { expect, it } from "vitest";
import { readEvents } from "./events";

/** The events of a stream that arrives in these pieces, as [name, data]. */
async function read(...pieces: string[]): Promise<[string | undefined, string][]> {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  const events: [string | undefined, string][] = [];
  for await (const { event, data } of readEvents(stream)) events.push([event, data]);
  return events;
}

it("puts events together, however the network cut them", async () => {
  expect(await read("event: sta", "tus\ndata: {", "}\n", "\nevent: status\ndata: 2\n\n")).toEqual([
    ["status", "{}"],
    ["status", "2"],
  ]);
});

it("does not take heartbeats for events, nor half an event for a whole one", async () => {
  expect(await read(": still here\n\n", "data: a\r\ndata: b\r\n\r\n", "event: status\ndata: cut")).toEqual([
    [undefined, "a\nb"],
  ]);
});
