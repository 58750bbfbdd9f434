import { beforeEach, expect, it, vi } from "vitest";
import { accessToken, forgetSession } from "~/api/session";
import type { DueCards } from "~/api/types";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer } from "~/test/fakeServer";
import { removeStoredDue, storeDue, storedDue, storedPictures } from "./due";

const due = (...pictures: string[]) =>
  ({
    cards: pictures.map((id) => ({ id: `card of ${id}`, media: { [id]: `/media/${id}?signature=1` } })),
    counts: { new: pictures.length, learning: 0, review: 0 },
    day: "2026-11-30",
  }) as unknown as DueCards;

let person = "guest_1";
let asked: readonly { path: string }[] = [];

beforeEach(async () => {
  vi.stubGlobal("BroadcastChannel", undefined);
  makeFakeDatabase();
  await removeStoredDue();
  vi.stubGlobal(
    "URL",
    Object.assign(URL, { createObjectURL: () => "blob:here", revokeObjectURL: () => undefined }),
  );
  ({ asked } = fakeServer(({ path }) => {
    if (path.includes("/auth/"))
      return {
        body: { access_token: "t", refresh_token: "r", expires_in: 3600, user: { id: person, username: "" } },
      };
    return path.endsWith("missing") ? { status: 404 } : { body: "a picture" };
  }));
  forgetSession();
  person = "guest_1";
  await accessToken();
});

const fetched = () => asked.map(({ path }) => path).filter((path) => path.startsWith("/media/"));

it("keeps the list with its date, and the pictures of its cards", async () => {
  await storeDue(due("one", "missing"), 123);
  expect(await storedDue()).toMatchObject({ asOf: 123, due: { day: "2026-11-30" } });
  expect(await storedPictures(["one", "missing", "other"])).toEqual({ one: "blob:here" });
});

it("fetches a picture once, and drops those of cards that are due no more", async () => {
  await storeDue(due("one", "two"), 1);
  await storeDue(due("two", "three"), 2);
  expect(fetched()).toEqual(["/media/one", "/media/two", "/media/three"]);
  expect(await storedPictures(["one", "two", "three"])).toEqual({ two: "blob:here", three: "blob:here" });
});

it("shows nobody what was due for somebody else", async () => {
  await storeDue(due("one"), 1);
  forgetSession();
  expect(await storedDue()).toBeNull();
  person = "guest_2";
  await accessToken();
  expect(await storedDue()).toBeNull();
});
