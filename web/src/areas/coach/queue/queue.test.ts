import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leave } from "~/api/session";
import { fillDisk, playDatabase, rows, write } from "~/test/database";
import { playPlatform, problem } from "~/test/platform";
import type * as List from "./list";
import type * as Queue from "./queue";

vi.mock("../photo/prepare", () => ({ prepare: (file: Blob) => Promise.resolve(file) }));

const photo = () => new File(["photo"], "IMG_1.JPG", { type: "image/jpeg" });
const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "guest_1", username: "" } },
};

type Tab = typeof List & typeof Queue;

let store: Server;
let uploads: string[];
/** What the store says to an upload. */
let receive: (response: ServerResponse) => void;
let tabs: Tab[];
let tab: Tab;
let revoked: string[];

/** Another tab of the same browser, or this one after a reload. */
async function newTab(): Promise<Tab> {
  vi.resetModules();
  const opened = { ...(await import("./list")), ...(await import("./queue")) };
  tabs.push(opened);
  return opened;
}

/** Where tickets lead: a real server, since uploads go by XMLHttpRequest. */
function ticket(jobId: string, expiresIn = 300_000) {
  const { port } = store.address() as AddressInfo;
  return {
    status: 201,
    body: {
      job_id: jobId,
      upload_url: `http://127.0.0.1:${port}/${jobId}`,
      upload_method: "PUT",
      upload_headers: { "Content-Type": "image/jpeg" },
      expires_at: new Date(Date.now() + expiresIn).toISOString(),
    },
  };
}

type Answer = ReturnType<Parameters<typeof playPlatform>[0]>;

/** A platform that answers `analyze`, and what else `other` says; `asked()` tells what it was asked. */
function play(analyze: () => Answer, other: (asked: string) => Answer | undefined = () => undefined) {
  const { asked } = playPlatform(({ method, path }) => {
    if (path.endsWith("/guest")) return guest;
    if (path.endsWith("/analyze")) return analyze();
    return other(`${method} ${path.replace("/api/v1/waste/", "")}`) ?? { body: {} };
  });
  return (method = "") =>
    asked
      .map(({ method, path }) => `${method} ${path.replace("/api/v1/waste/", "")}`)
      .filter((one) => one.startsWith(method));
}

/** Not as impatient as `vi.waitFor`: machines are shared. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000 });
const added = async () => (await tab.add(photo())).sent;
const phases = (of: Tab = tab) => of.queue().map(({ phase }) => phase);
const handedOver = () => soon(() => expect(phases()).toEqual(["sent"]));

beforeEach(async () => {
  leave();
  uploads = [];
  tabs = [];
  revoked = [];
  receive = (response) => response.end();
  store = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Allow-Methods", "PUT");
    if (request.method !== "PUT") {
      response.end();
      return;
    }
    uploads.push(request.url ?? "");
    receive(response);
  });
  await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
  // jsdom's bytes are not those that Node's SHA-256 takes: a context without it, as on plain http in a LAN.
  vi.spyOn(crypto, "subtle", "get").mockReturnValue(undefined as unknown as SubtleCrypto);
  let made = 0;
  const revokeObjectURL = (url: string) => revoked.push(url);
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => `blob:${++made}`, revokeObjectURL }));
  playDatabase();
  tab = await newTab();
});

afterEach(async () => {
  for (const { forgetAll } of tabs) await forgetAll();
  store.closeAllConnections();
  await new Promise((resolve) => store.close(resolve));
});

describe("a photo", () => {
  it("becomes a job, is uploaded, and goes when its answer is there", async () => {
    const asked = play(() => ticket("job-1"));
    expect(await added()).toMatchObject({ jobId: "job-1" });
    await handedOver();
    expect(uploads).toEqual(["/job-1"]);
    expect(asked()).toContain("POST upload-complete/job-1");
    await tab.answered("job-1");
    expect(tab.queue()).toEqual([]);
    expect(tab.pictureOf("job-1")).toBe("blob:1");
    expect(await rows()).toEqual([]);
  });

  it("waits without a network and is sent when it is back", async () => {
    const listens = vi.spyOn(window, "addEventListener");
    const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    play(() => ticket("job-2"));
    expect(await added()).toEqual({ jobId: null, phase: "waiting" });
    expect(await added()).toEqual({ jobId: null, phase: "waiting" });
    expect(phases()).toEqual(["waiting", "waiting"]);
    online.mockReturnValue(true);
    await tab.wake();
    expect(phases()).toEqual(["sent", "sent"]);
    expect(listens.mock.calls.filter(([name]) => name === "online")).toEqual([]); // the area listens
  });

  it("has its turn when it is taken while another is leaving", async () => {
    let made = 0;
    play(() => ticket(`turn-${++made}`));
    const both = await Promise.all([added(), added()]);
    expect(both.map(({ jobId }) => jobId)).toEqual(["turn-1", "turn-2"]);
    await soon(() => expect(phases()).toEqual(["sent", "sent"]));
  });

  it("waits for a busy platform as long as it asks for", async () => {
    play(() => problem(503, "unavailable", { "Retry-After": "30" }));
    expect(await added()).toEqual({ jobId: null, phase: "waiting" });
    const [waiting] = tab.queue();
    expect((waiting?.again ?? 0) - Date.now()).toBeGreaterThan(25_000);
  });

  it.each([
    [409, "idempotency_in_progress"],
    [408, "internal"],
    [425, "internal"],
  ])("waits for what passes: %i %s", async (status, code) => {
    play(() => problem(status, code));
    expect(await added()).toEqual({ jobId: null, phase: "waiting" });
    expect(tab.queue()[0]?.again).toBeGreaterThan(Date.now());
  });

  it("is kept with the reason when the platform refuses it, and tried anew on demand", async () => {
    let refuse = true;
    const keys: (string | null)[] = [];
    playPlatform(({ path, headers }) => {
      if (path.endsWith("/guest")) return guest;
      if (!path.endsWith("/analyze")) return { body: {} };
      keys.push(headers.get("Idempotency-Key"));
      return refuse ? problem(413, "photo_size_unsupported") : ticket("job-3");
    });
    expect(await added()).toEqual({ jobId: null, phase: "failed" });
    expect(tab.queue()[0]).toMatchObject({
      failure: { code: "photo_size_unsupported", sentence: "about photo_size_unsupported" },
    });
    refuse = false;
    expect(await tab.retry(tab.queue()[0]?.id ?? "")).toBe("job-3");
    expect(new Set(keys).size).toBe(2); // another attempt is another job
    await handedOver();
    expect(tab.queue()[0]?.failure).toBeNull();
  });

  it("stays when its analysis failed, for another try as another job", async () => {
    let made = 0;
    play(() => ticket(`try-${++made}`));
    await added();
    await handedOver();
    await tab.failed("try-1", "gave_up", "여러 번 시도했어요.");
    expect(tab.queue()[0]).toMatchObject({ phase: "failed", failure: { code: "gave_up" } });
    expect(await tab.retry(tab.queue()[0]?.id ?? "")).toBe("try-2");
  });

  it("is tried anew as another job when only its page knows that the analysis failed", async () => {
    let made = 0;
    play(() => ticket(`page-${++made}`));
    await added();
    await handedOver();
    expect(await tab.retry(tab.queue()[0]?.id ?? "")).toBe("page-2");
  });

  it("tells whether it outlives the tab", async () => {
    play(() => ticket("job-5"));
    expect((await tab.add(photo())).onDisk).toBe(true);
    fillDisk();
    expect((await tab.add(photo())).onDisk).toBe(false);
    await soon(() => expect(phases()).toEqual(["sent", "sent"]));
  });
});

describe("a ticket that ran out", () => {
  const old = problem(409, "job_ended");

  it("is replaced, and whoever watches the old job is led to the new one", async () => {
    let made = 0;
    const asked = play(
      () => ticket(`job-${++made}`),
      (one) => (one === "POST upload-complete/job-1" ? old : undefined),
    );
    await added();
    await handedOver();
    const [renewed] = tab.queue();
    expect(renewed).toMatchObject({ jobId: "job-2", earlier: ["job-1"], failure: null });
    expect(renewed && tab.isOf(renewed, "job-1")).toBe(true);
    expect(tab.pictureOf("job-1")).toBe("blob:1");
    expect(asked("POST analyze")).toHaveLength(2);
    expect(await rows()).toMatchObject([{ jobId: "job-2", earlier: ["job-1"] }]);
  });

  it("is known by any 403 of the store, in whatever words", async () => {
    let made = 0;
    receive = (response) => {
      response.statusCode = uploads.length === 1 ? 403 : 200;
      response.setHeader("Content-Type", "application/xml");
      response.end("<Error><Code>AccessDenied</Code></Error>");
    };
    play(() => ticket(`job-${++made}`));
    await added();
    await handedOver();
    expect(uploads).toEqual(["/job-1", "/job-2"]);
  });

  it("is known by its time when it is given again, and the upload is not even tried", async () => {
    let away = true;
    let made = 1;
    const asked = play(
      () => ticket(`job-${made}`, made === 1 ? -1000 : 300_000),
      (one) => {
        if (one !== "POST upload-complete/job-1") return undefined;
        if (away) return problem(503, "unavailable");
        made = 2;
        return problem(409, "upload_missing");
      },
    );
    await added();
    await soon(() => expect(phases()).toEqual(["waiting"]));
    expect(uploads).toEqual(["/job-1"]); // new, whatever our clock says
    away = false;
    await tab.retry(tab.queue()[0]?.id ?? "");
    await handedOver();
    expect(uploads).toEqual(["/job-1", "/job-2"]);
    expect(asked("POST upload-complete")).toEqual([
      "POST upload-complete/job-1",
      "POST upload-complete/job-1",
      "POST upload-complete/job-2",
    ]);
  });

  it("is no failure of the photo that is being sent", async () => {
    let finish: () => void = () => undefined;
    receive = (response) => {
      finish = () => response.end();
    };
    play(() => ticket("job-1"));
    await added();
    await soon(() => expect(uploads).toEqual(["/job-1"]));
    await tab.failed("job-1", "upload_never_came", "");
    expect(tab.queue()[0]).toMatchObject({ phase: "sending", failure: null });
    // Another tab may know better than to wait.
    for (const row of await rows()) await write({ ...row, failure: { code: "", sentence: "" } } as never);
    finish();
    await handedOver();
    expect(await rows()).toMatchObject([{ handedOver: true, failure: null }]);
  });
});

describe("a photo that is not wanted any more", () => {
  const missing = problem(404, "job_missing");

  /** A photo that was handed over; `remove` says what comes of removing its job: first it is cancelled, then removed. */
  async function sentPhoto(remove: (nth: number) => Answer | undefined) {
    let nth = 0;
    const asked = play(
      () => ticket("job-1"),
      (one) => (one.startsWith("DELETE") ? remove(++nth) : undefined),
    );
    await added();
    await handedOver();
    return asked;
  }

  it("is removed on the platform, not only cancelled", async () => {
    const asked = await sentPhoto((nth) => (nth > 2 ? missing : undefined));
    await tab.drop(tab.queue()[0]?.id ?? "");
    expect(asked("DELETE")).toEqual(["DELETE jobs/job-1", "DELETE jobs/job-1"]);
    expect(await rows()).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["silence", "silence"],
    ["429", problem(429, "too_many_requests", { "Retry-After": "60" })],
    ["500", problem(500, "internal")],
  ])("is removed on the platform later when it cannot be told now: %s", async (_, trouble) => {
    let away = true;
    const asked = await sentPhoto(() => (away ? trouble : missing));
    await tab.drop(tab.queue()[0]?.id ?? "");
    expect(tab.queue()).toEqual([]);
    expect(JSON.stringify(await rows())).not.toContain("photo"); // only what to tell
    expect(asked("DELETE")).toEqual(["DELETE jobs/job-1"]);
    away = false;
    tab = await newTab(); // a reload
    await tab.wake();
    expect(tab.queue()).toEqual([]);
    const told = asked("DELETE").length;
    expect(told).toBeGreaterThan(1);
    await tab.wake();
    expect(asked("DELETE")).toHaveLength(told);
    expect(await rows()).toEqual([]);
  });

  it("does not come back with what is still under way", async () => {
    let finish: () => void = () => undefined;
    receive = (response) => {
      finish = () => response.end();
    };
    const asked = play(() => ticket("job-1"));
    await added();
    await soon(() => expect(uploads).toHaveLength(1));
    await tab.drop(tab.queue()[0]?.id ?? "");
    finish();
    await tab.wake();
    expect(tab.queue()).toEqual([]);
    expect(asked("POST upload-complete")).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it("does not come back with what was read before", async () => {
    await sentPhoto(() => undefined);
    const waking = tab.wake();
    const dropping = tab.drop(tab.queue()[0]?.id ?? "");
    await waking;
    expect(tab.queue()).toEqual([]);
    await dropping;
  });

  it("is not waited for any more while another is still leaving", async () => {
    receive = () => undefined;
    play(() => ticket("job-1"));
    await added();
    await soon(() => expect(uploads).toHaveLength(1));
    const { sent } = await tab.add(photo());
    await tab.drop(tab.queue()[1]?.id ?? "");
    expect(await sent).toEqual({ jobId: null, phase: null });
  });

  it("is removed on the platform by itself once that may be asked again", async () => {
    const busy = problem(429, "too_many_requests", { "Retry-After": "1" });
    const asked = await sentPhoto((nth) => (nth === 1 ? busy : missing));
    await tab.drop(tab.queue()[0]?.id ?? "");
    expect(asked("DELETE")).toHaveLength(1);
    await soon(() => expect(asked("DELETE")).toHaveLength(3));
  });

  it("takes its picture out of memory", async () => {
    await sentPhoto(() => undefined);
    await tab.drop(tab.queue()[0]?.id ?? "");
    expect(revoked).toEqual(["blob:1"]);
  });

  it("is gone with all others, and their pictures, when everything is forgotten", async () => {
    await sentPhoto(() => undefined);
    await tab.answered("job-1");
    await added();
    await tab.forgetAll();
    expect(await rows()).toEqual([]);
    expect(tab.queue()).toEqual([]);
    expect(tab.pictureOf("job-1")).toBeNull();
    expect(revoked.sort()).toEqual(["blob:1", "blob:2"]);
  });
});

describe("a photo that nobody watches", () => {
  async function looked(answer: Answer) {
    play(
      () => ticket("job-1"),
      (one) => (one === "GET status/job-1" ? answer : undefined),
    );
    await added();
    await handedOver();
    return tab.look();
  }
  const status = (state: string) => ({
    body: { job_id: "job-1", status: state, code: "gave_up", message: "왜" },
  });

  it.each(["done", "asked"])("goes once it is %s", async (state) => {
    expect(await looked(status(state))).toEqual(["job-1"]);
    expect(tab.queue()).toEqual([]);
  });

  it("stays, saying why, once its analysis failed", async () => {
    expect(await looked(status("failed"))).toEqual([]);
    expect(tab.queue()[0]).toMatchObject({ phase: "failed", failure: { code: "gave_up", sentence: "왜" } });
  });

  it.each<[string, Answer]>([
    ["cancelled", status("cancelled")],
    ["unknown to the platform", problem(404, "job_missing")],
  ])("goes when it is %s", async (_, answer) => {
    expect(await looked(answer)).toEqual([]);
    expect(tab.queue()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["is being looked at", status("seeing")],
    ["cannot be asked for", "silence"],
  ])("stays while it %s", async (_, answer) => {
    expect(await looked(answer)).toEqual([]);
    expect(phases()).toEqual(["sent"]);
  });
});

describe("two tabs", () => {
  /** Web Locks, which jsdom has not. */
  function playLocks() {
    const last = new Map<string, Promise<unknown>>();
    const request = (name: string, work: () => Promise<unknown>) => {
      const turn = (last.get(name) ?? Promise.resolve()).then(work);
      last.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    };
    vi.stubGlobal("navigator", Object.assign(Object.create(navigator), { locks: { request } }));
  }

  it("send a photo once", async () => {
    const asked = play(() => ticket("job-1"));
    const online = vi.spyOn(Navigator.prototype, "onLine", "get").mockReturnValue(false);
    playLocks();
    await added();
    const other = await newTab();
    await other.wake();
    expect(phases(other)).toEqual(["waiting"]);
    online.mockReturnValue(true);
    await Promise.all([tab.wake(), other.wake()]);
    expect(asked("POST analyze")).toHaveLength(1);
    expect(phases()).toEqual(["sent"]);
    expect(phases(other)).toEqual(["sent"]);
  });

  it("show the same photos", async () => {
    play(() => ticket("job-1"));
    const other = await newTab();
    await added();
    await soon(() => expect(phases(other)).toEqual(["sent"]));
    await tab.drop(tab.queue()[0]?.id ?? "");
    await soon(() => expect(other.queue()).toEqual([]));
  });
});
