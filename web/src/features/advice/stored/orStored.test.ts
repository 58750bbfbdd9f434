import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "~/api/problem";
import { orKnown, type Known } from "./orStored";

const STORED: Known<string> = { value: "stored", asOf: 1 };
const never = new AbortController().signal;
const failed = (status: number) => Promise.reject(new Problem({ status, code: "unavailable", detail: "" }));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server that takes the question and says nothing until it is no longer asked. */
function silent(signal: AbortSignal): Promise<string> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(Problem.network());
    });
  });
}

it("is the answer of the server, where it gives one", async () => {
  const answer = vi.fn(() => Promise.resolve(STORED));
  await expect(orKnown(never, () => Promise.resolve("new"), answer)).resolves.toEqual({
    value: "new",
    asOf: null,
  });
  expect(answer).not.toHaveBeenCalled();
});

it.each([
  ["there is no network", () => Promise.reject(Problem.network())],
  ["nobody is behind the proxy", () => failed(502)],
  ["the platform is away", () => failed(503)],
])("is that of this device where %s", async (_, ask) => {
  await expect(orKnown<string>(never, ask, () => Promise.resolve(STORED))).resolves.toEqual(STORED);
});

it("is that of this device where the server says nothing for some seconds", async () => {
  const known = orKnown(never, silent, () => Promise.resolve(STORED));
  await vi.runAllTimersAsync();
  await expect(known).resolves.toEqual(STORED);
});

it("is waited for where this device knows nothing", async () => {
  let say: (value: string) => void = () => undefined;
  const ask = () => new Promise<string>((resolve) => (say = resolve));
  const known = orKnown(never, ask, () => Promise.resolve(null));
  await vi.runAllTimersAsync();
  say("late");
  await expect(known).resolves.toEqual({ value: "late", asOf: null });
});

it("is the failure of the server for any other reason, or where this device knows nothing", async () => {
  await expect(
    orKnown(
      never,
      () => failed(500),
      () => Promise.resolve(STORED),
    ),
  ).rejects.toMatchObject({
    details: { status: 500 },
  });
  await expect(
    orKnown(
      never,
      () => failed(503),
      () => Promise.resolve(null),
    ),
  ).rejects.toMatchObject({
    details: { status: 503 },
  });
});

it("ends with whoever asked", async () => {
  const left = new AbortController();
  const known = orKnown(left.signal, silent, () => Promise.resolve(STORED));
  left.abort();
  await expect(known).rejects.toMatchObject({ code: "network" });
});
