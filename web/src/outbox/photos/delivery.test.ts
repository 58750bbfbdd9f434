import { describe, expect, it, vi } from "vitest";
import { rows, write } from "~/test/fakeDatabase";
import { problem } from "~/test/fakeServer";
import { makeTestBrowser, soon } from "./testBrowser";

vi.mock("~/photo/prepare", () => ({ prepare: (file: Blob) => Promise.resolve(file) }));

const at = makeTestBrowser();

describe("a ticket that ran out", () => {
  const old = problem(409, "job_ended");

  it("is replaced, and whoever watches the old job is led to the new one", async () => {
    let made = 0;
    const asked = at.play(
      () => at.ticket(`job-${++made}`),
      (one) => (one === "POST upload-complete/job-1" ? old : undefined),
    );
    await at.added();
    await at.handedOver();
    const [renewed] = at.tab.queue();
    expect(renewed).toMatchObject({ jobId: "job-2", earlier: ["job-1"], failure: null });
    expect(renewed && at.tab.belongsTo(renewed, "job-1")).toBe(true);
    expect(at.tab.pictureOf("job-1")).toBe("blob:1");
    expect(asked("POST analyze")).toHaveLength(2);
    expect(await rows()).toMatchObject([{ jobId: "job-2", earlier: ["job-1"] }]);
  });

  it("is known by any 403 of the store, in whatever words", async () => {
    let made = 0;
    at.receive = (response) => {
      response.statusCode = at.uploads.length === 1 ? 403 : 200;
      response.setHeader("Content-Type", "application/xml");
      response.end("<Error><Code>AccessDenied</Code></Error>");
    };
    at.play(() => at.ticket(`job-${++made}`));
    await at.added();
    await at.handedOver();
    expect(at.uploads).toEqual(["/job-1", "/job-2"]);
  });

  it("was used when the answer to an earlier try was lost, which is no failure", async () => {
    at.receive = (response) => {
      response.statusCode = 409;
      response.setHeader("Content-Type", "application/problem+json");
      response.end(JSON.stringify({ title: "Conflict", status: 409, code: "ticket_used", detail: "" }));
    };
    const asked = at.play(() => at.ticket("job-1"));
    await at.added();
    await at.handedOver();
    expect(at.uploads).toEqual(["/job-1"]);
    expect(asked("POST upload-complete/job-1")).toHaveLength(1);
    expect(await rows()).toMatchObject([{ handedOver: true, failure: null }]);
  });

  it("is known by its time when it is given again, and the upload is not even tried", async () => {
    let away = true;
    let made = 1;
    const asked = at.play(
      () => at.ticket(`job-${made}`, made === 1 ? -1000 : 300_000),
      (one) => {
        if (one !== "POST upload-complete/job-1") return undefined;
        if (away) return problem(503, "unavailable");
        made = 2;
        return problem(409, "upload_missing");
      },
    );
    await at.added();
    await soon(() => expect(at.phases()).toEqual(["waiting"]));
    expect(at.uploads).toEqual(["/job-1"]); // new, whatever our clock says
    away = false;
    await at.tab.retryPhoto(at.tab.queue()[0]?.id ?? "");
    await at.handedOver();
    expect(at.uploads).toEqual(["/job-1", "/job-2"]);
    expect(asked("POST upload-complete")).toEqual([
      "POST upload-complete/job-1",
      "POST upload-complete/job-1",
      "POST upload-complete/job-2",
    ]);
  });

  it("is no failure of the photo that is being sent", async () => {
    let finish: () => void = () => undefined;
    at.receive = (response) => {
      finish = () => response.end();
    };
    at.play(() => at.ticket("job-1"));
    await at.added();
    await soon(() => expect(at.uploads).toEqual(["/job-1"]));
    await at.tab.photoFailed({ job_id: "job-1", code: "upload_never_came", message: "" });
    expect(at.tab.queue()[0]).toMatchObject({ phase: "sending", failure: null });
    // Another tab may know better than to wait.
    for (const row of await rows()) await write({ ...row, failure: { code: "", sentence: "" } } as never);
    finish();
    await at.handedOver();
    expect(await rows()).toMatchObject([{ handedOver: true, failure: null }]);
  });
});

describe("a page that was left while its photo was sent", () => {
  /** Sends a photo whose completion is never answered, and opens the page anew, where its job has come as far as `status`. */
  async function reloaded(status: string) {
    let left = true;
    const asked = at.play(
      () => at.ticket("job-1"),
      (one) => {
        if (one === "GET status/job-1") return { body: { status } };
        return one === "POST upload-complete/job-1" && left ? problem(503, "unavailable") : undefined;
      },
    );
    await at.added();
    left = false;
    at.tab = await at.newTab();
    await at.tab.resume();
    await at.handedOver();
    expect(asked("POST analyze")).toHaveLength(2);
    return asked;
  }

  it("sends the picture no second time where the platform has taken it over", async () => {
    const asked = await reloaded("seeing");
    expect(at.uploads).toEqual(["/job-1"]);
    expect(asked("POST upload-complete")).toHaveLength(2);
  });

  it("sends it again where the platform still waits for it", async () => {
    await reloaded("created");
    expect(at.uploads).toEqual(["/job-1", "/job-1"]);
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
    const asked = at.play(() => at.ticket("job-1"));
    const online = vi.spyOn(Navigator.prototype, "onLine", "get").mockReturnValue(false);
    playLocks();
    await at.added();
    const other = await at.newTab();
    await other.resume();
    expect(at.phases(other)).toEqual(["waiting"]);
    online.mockReturnValue(true);
    await Promise.all([at.tab.resume(), other.resume()]);
    expect(asked("POST analyze")).toHaveLength(1);
    expect(at.phases()).toEqual(["sent"]);
    expect(at.phases(other)).toEqual(["sent"]);
  });

  it("show the same photos", async () => {
    at.play(() => at.ticket("job-1"));
    const other = await at.newTab();
    await at.added();
    await soon(() => expect(at.phases(other)).toEqual(["sent"]));
    await at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
    await soon(() => expect(other.queue()).toEqual([]));
  });
});
