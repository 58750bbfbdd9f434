import { createParser, type EventSourceMessage } from "eventsource-parser";

/** The events of a `text/event-stream` as they come. `onBytes` is called for all that arrives, heartbeats included. */
export async function* readEvents(
  stream: ReadableStream<Uint8Array>,
  onBytes?: () => void,
): AsyncGenerator<EventSourceMessage> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes?.();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
