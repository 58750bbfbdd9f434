import { renderHook } from "@testing-library/react";
import { act } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { areHere, came, usePresence, went, writersIn, writes } from "./presence";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const names = () => writersIn("room-1").map(({ username }) => username);

it("forgets after six seconds who writes, without any word of the server", () => {
  writes("room-1", "guest_2", "준호", true);
  vi.advanceTimersByTime(4_000);
  writes("room-1", "guest_3", "서연", true);
  expect(names()).toEqual(["준호", "서연"]);
  vi.advanceTimersByTime(2_100);
  expect(
    writersIn("room-1")
      .filter(({ until }) => until > Date.now())
      .map(({ username }) => username),
  ).toEqual(["서연"]);
  vi.advanceTimersByTime(10_000);
  expect(names()).toEqual([]);
});

it("forgets at once who has stopped, or gone", () => {
  writes("room-1", "guest_2", "준호", true);
  writes("room-1", "guest_3", "서연", true);
  writes("room-1", "guest_2", "준호", false);
  went("room-1", "guest_3");
  expect(names()).toEqual([]);
});

it("has several tabs of one person for one", () => {
  const { result } = renderHook(() => usePresence("room-2"));
  act(() => {
    areHere("room-2", [["guest_2", "준호"]]);
    came("room-2", "guest_2", "준호");
    came("room-2", "guest_3", "서연");
  });
  expect([...(result.current.here?.values() ?? [])]).toEqual(["준호", "서연"]);
  act(() => went("room-2", "guest_2"));
  expect(result.current.here?.size).toBe(1);
});
