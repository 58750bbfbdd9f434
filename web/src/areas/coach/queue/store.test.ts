import { beforeEach, describe, expect, it, vi } from "vitest";
import { playDatabase, type Database } from "~/test/database";
import type * as Store from "./store";

const kept = (id: string): Store.Kept => ({
  id,
  photo: new Blob(["photo"]),
  takenAt: 0,
  region: null,
  attempt: 1,
  jobId: null,
  earlier: [],
  handedOver: false,
  failure: null,
});

let database: Database;
let store: typeof Store;

beforeEach(async () => {
  database = playDatabase();
  vi.resetModules();
  store = await import("./store");
  expect(await store.keep(kept("1"))).toBe(true);
});

describe("what is kept", () => {
  it.each([
    ["the browser closed it", (database: Database) => database.connections[0]?.onclose?.()],
    ["another version waits for it", (database: Database) => database.connections[0]?.onversionchange?.()],
    ["nobody said why", (database: Database) => database.connections[0]?.close()],
  ])("goes to the disk by a new connection when the old one is closed: %s", async (_, say) => {
    say(database);
    expect(await store.keep(kept("2"))).toBe(true);
    expect(database.connections).toHaveLength(2);
    expect([...database.rows.keys()]).toEqual(["1", "2"]);
  });

  it("lets another version have the database", () => {
    database.connections[0]?.onversionchange?.();
    expect(database.connections[0]?.closed).toBe(true);
  });

  it("says so when there is no room on the disk, and holds as long as the tab does", async () => {
    database.full = true;
    expect(await store.keep(kept("2"))).toBe(false);
    expect((await store.everyKept())?.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(await store.amend(kept("2"), { jobId: "job" })).toMatchObject({ jobId: "job" });
    database.full = false;
    expect(await store.keep(kept("2"))).toBe(true); // once there is
  });

  it("is asked of the database anew after it could not be opened", async () => {
    vi.resetModules();
    database.forbidden = true;
    store = await import("./store");
    expect(await store.keep(kept("2"))).toBe(false);
    expect(await store.everyKept()).toBeNull();
    database.forbidden = false;
    expect(await store.keep(kept("2"))).toBe(true);
  });

  it("does not come back once it is gone", async () => {
    await store.forget("1");
    expect(await store.amend(kept("1"), { jobId: "late" })).toBeNull();
    expect(database.rows.size).toBe(0);
  });

  it("is no photo any more once it is dropped", async () => {
    await store.keep({ id: "1", jobs: ["job"], droppedAt: 0 });
    expect(await store.amend(kept("1"), { jobId: "late" })).toBeNull();
    expect(await store.find(kept("1"))).toBeNull();
    expect(await store.everyKept()).toEqual([]);
    expect(await store.everyDropped()).toEqual([{ id: "1", jobs: ["job"], droppedAt: 0 }]);
  });

  it("is read as an earlier version wrote it", async () => {
    const row: Partial<Store.Kept> & { id: string } = { ...kept("1") };
    Reflect.deleteProperty(row, "earlier");
    database.rows.set("1", row);
    expect(await store.find(kept("1"))).toMatchObject({ earlier: [] });
  });
});
