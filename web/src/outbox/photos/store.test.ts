import { IDBFactory, IDBOpenDBRequest, IDBVersionChangeEvent } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { fillDisk, makeFakeDatabase, rows, write } from "~/test/fakeDatabase";
import type * as Store from "./store";

const kept = (id: string): Store.StoredPhoto => ({
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

let open: MockInstance<IDBFactory["open"]>;
let store: typeof Store;

/** The connection that the store opened first. */
function connection(): IDBDatabase {
  const [opening] = open.mock.results;
  if (opening?.type !== "return") throw new Error("nothing was opened");
  return opening.value.result;
}

/** Lets no database be opened, as in some private windows, until the spy is restored. */
function forbid() {
  open.mockImplementation(() => {
    const error = new DOMException("forbidden", "SecurityError");
    const request = Object.assign(new IDBOpenDBRequest(), { readyState: "done", error });
    queueMicrotask(() => void request.dispatchEvent(new IDBVersionChangeEvent("error")));
    return request;
  });
}

/** As the browser tells a connection. */
const dispatch = (database: IDBDatabase, type: string) =>
  database.dispatchEvent(new IDBVersionChangeEvent(type));

beforeEach(async () => {
  makeFakeDatabase();
  open = vi.spyOn(indexedDB, "open");
  vi.resetModules();
  store = await import("./store");
  expect(await store.storeRow(kept("1"))).toBe(true);
});

describe("what is kept", () => {
  it.each([
    ["the browser closed it", (old: IDBDatabase) => void dispatch(old, "close")],
    ["another version waits for it", (old: IDBDatabase) => void dispatch(old, "versionchange")],
    ["nobody said why", (old: IDBDatabase) => old.close()],
  ])("goes to the disk by a new connection when the old one is closed: %s", async (_, say) => {
    say(connection());
    expect(await store.storeRow(kept("2"))).toBe(true);
    expect(open).toHaveBeenCalledTimes(2);
    expect((await rows()).map(({ id }) => id)).toEqual(["1", "2"]);
  });

  it("lets another version have the database", async () => {
    const opening = indexedDB.open("bunri", 99);
    await new Promise((resolve, reject) => {
      opening.onsuccess = resolve;
      opening.onblocked = reject;
    });
    expect(opening.result.version).toBe(99);
  });

  it("says so when there is no room on the disk, and holds as long as the tab does", async () => {
    const makeRoom = fillDisk();
    expect(await store.storeRow(kept("2"))).toBe(false);
    expect((await store.storedPhotos())?.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(await store.changePhoto(kept("2"), { jobId: "job" })).toMatchObject({ jobId: "job" });
    makeRoom();
    expect(await store.storeRow(kept("2"))).toBe(true); // once there is
  });

  it("is asked of the database anew after it could not be opened", async () => {
    vi.resetModules();
    forbid();
    store = await import("./store");
    expect(await store.storeRow(kept("2"))).toBe(false);
    expect(await store.storedPhotos()).toBeNull();
    open.mockRestore();
    expect(await store.storeRow(kept("2"))).toBe(true);
  });

  it("does not come back once it is gone", async () => {
    await store.removeRow("1");
    expect(await store.changePhoto(kept("1"), { jobId: "late" })).toBeNull();
    expect(await rows()).toEqual([]);
  });

  it("is no photo any more once it is dropped", async () => {
    await store.storeRow({ id: "1", jobs: ["job"], droppedAt: 0 });
    expect(await store.changePhoto(kept("1"), { jobId: "late" })).toBeNull();
    expect(await store.currentPhoto(kept("1"))).toBeNull();
    expect(await store.storedPhotos()).toEqual([]);
    expect(await store.pendingRemovals()).toEqual([{ id: "1", jobs: ["job"], droppedAt: 0 }]);
  });

  it("is read from the database that a version without idb made", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    await new Promise((resolve) => {
      const opening = indexedDB.open("bunri", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("photos", { keyPath: "id" });
      opening.onsuccess = () => {
        opening.result.close();
        resolve(null);
      };
    });
    await write(kept("old"));
    await write({ id: "gone", jobs: ["job"], droppedAt: 0 } as Store.PendingRemoval);
    vi.resetModules();
    store = await import("./store");
    expect((await store.storedPhotos())?.map(({ id }) => id)).toEqual(["old"]);
    expect(await store.pendingRemovals()).toEqual([{ id: "gone", jobs: ["job"], droppedAt: 0 }]);
    expect(await store.storeRow(kept("new"))).toBe(true);
    expect((await rows()).map(({ id }) => id)).toEqual(["gone", "new", "old"]);
  });

  it("is read as an earlier version wrote it", async () => {
    const row: Partial<Store.StoredPhoto> & { id: string } = { ...kept("1") };
    Reflect.deleteProperty(row, "earlier");
    await write(row);
    expect(await store.currentPhoto(kept("1"))).toMatchObject({ earlier: [] });
  });
});
