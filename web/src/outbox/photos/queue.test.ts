import { describe, expect, it, vi } from "vitest";
import { fillDisk, rows } from "~/test/fakeDatabase";
import { fakeServer, problem } from "~/test/fakeServer";
import { guest, type Answer, photo, makeTestBrowser, soon } from "./testBrowser";

vi.mock("~/photo/prepare", () => ({ prepare: (file: Blob) => Promise.resolve(file) }));

const at = makeTestBrowser();

describe("a photo", () => {
  it("becomes a job, is uploaded, and goes when its answer is there", async () => {
    const asked = at.play(() => at.ticket("job-1"));
    expect(await at.added()).toMatchObject({ jobId: "job-1" });
    await at.handedOver();
    expect(at.uploads).toEqual(["/job-1"]);
    expect(asked()).toContain("POST upload-complete/job-1");
    await at.tab.photoAnswered("job-1");
    expect(at.tab.queue()).toEqual([]);
    expect(at.tab.pictureOf("job-1")).toBe("blob:1");
    expect(await rows()).toEqual([]);
  });

  it("is not sent again where the platform has its answer", async () => {
    const { body } = at.ticket("job-1");
    const asked = at.play(() => ({ status: 201, body: { ...body, status: "done" } }));
    expect(await at.added()).toMatchObject({ jobId: "job-1" });
    await at.handedOver();
    expect(at.uploads).toEqual([]);
    expect(asked()).not.toContain("POST upload-complete/job-1");
  });

  it("waits without a network and is sent when it is back", async () => {
    const listens = vi.spyOn(window, "addEventListener");
    const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    at.play(() => at.ticket("job-2"));
    expect(await at.added()).toEqual({ jobId: null, phase: "waiting" });
    expect(await at.added()).toEqual({ jobId: null, phase: "waiting" });
    expect(at.phases()).toEqual(["waiting", "waiting"]);
    online.mockReturnValue(true);
    await at.tab.resume();
    expect(at.phases()).toEqual(["sent", "sent"]);
    expect(listens.mock.calls.filter(([name]) => name === "online")).toEqual([]); // the feature listens
  });

  it("is tried again soon while nobody answers, and at once when the network is back", async () => {
    let answers: Answer = "silence";
    at.play(() => answers);
    expect(await at.added()).toEqual({ jobId: null, phase: "waiting" });
    await soon(() => expect(at.tab.queue()[0]?.retryAt).toBeGreaterThan(Date.now() + 1_000)); // after some tries
    expect((at.tab.queue()[0]?.retryAt ?? 0) - Date.now()).toBeLessThanOrEqual(2_000);
    answers = at.ticket("job-2");
    await at.tab.resumeOnline();
    expect(at.phases()).toEqual(["sent"]);
  });

  it("is sent anew when the network comes back while nothing answers", async () => {
    at.receive = () => {
      at.receive = (response) => response.end();
    };
    at.play(
      () => at.ticket("job-2"),
      (one) => (one === "GET status/job-2" ? { body: { status: "created" } } : undefined),
    );
    await at.added();
    await soon(() => expect(at.uploads).toHaveLength(1));
    await at.tab.resumeOnline();
    await at.handedOver();
    expect(at.uploads).toEqual(["/job-2", "/job-2"]);
  });

  it("has its turn when it is taken while another is leaving", async () => {
    let made = 0;
    at.play(() => at.ticket(`turn-${++made}`));
    const both = await Promise.all([at.added(), at.added()]);
    expect(both.map(({ jobId }) => jobId)).toEqual(["turn-1", "turn-2"]);
    await soon(() => expect(at.phases()).toEqual(["sent", "sent"]));
  });

  it("waits for a busy platform as long as it asks for", async () => {
    at.play(() => problem(503, "unavailable", { "Retry-After": "30" }));
    expect(await at.added()).toEqual({ jobId: null, phase: "waiting" });
    const [waiting] = at.tab.queue();
    expect((waiting?.retryAt ?? 0) - Date.now()).toBeGreaterThan(25_000);
    await at.tab.resumeOnline(); // the network was not what is missing
    expect(at.tab.queue()[0]?.retryAt).toBe(waiting?.retryAt);
  });

  it.each([
    [409, "idempotency_in_progress"],
    [408, "internal"],
    [425, "internal"],
  ])("waits for what passes: %i %s", async (status, code) => {
    at.play(() => problem(status, code));
    expect(await at.added()).toEqual({ jobId: null, phase: "waiting" });
    expect(at.tab.queue()[0]?.retryAt).toBeGreaterThan(Date.now());
  });

  it("is kept with the reason when the platform refuses it, and tried anew on demand", async () => {
    let refuse = true;
    const keys: (string | null)[] = [];
    fakeServer(({ path, headers }) => {
      if (path.endsWith("/guest")) return guest;
      if (!path.endsWith("/analyze")) return { body: {} };
      keys.push(headers.get("Idempotency-Key"));
      return refuse ? problem(413, "photo_size_unsupported") : at.ticket("job-3");
    });
    expect(await at.added()).toEqual({ jobId: null, phase: "failed" });
    expect(at.tab.queue()[0]).toMatchObject({
      failure: { code: "photo_size_unsupported", sentence: "about photo_size_unsupported" },
    });
    refuse = false;
    expect(await at.tab.retryPhoto(at.tab.queue()[0]?.id ?? "")).toBe("job-3");
    expect(new Set(keys).size).toBe(2); // another attempt is another job
    await at.handedOver();
    expect(at.tab.queue()[0]?.failure).toBeNull();
  });

  it("stays when its analysis failed, for another try as another job", async () => {
    let made = 0;
    at.play(() => at.ticket(`try-${++made}`));
    await at.added();
    await at.handedOver();
    await at.tab.photoFailed({ job_id: "try-1", code: "gave_up", message: "여러 번 시도했어요." });
    expect(at.tab.queue()[0]).toMatchObject({ phase: "failed", failure: { code: "gave_up" } });
    expect(await at.tab.retryPhoto(at.tab.queue()[0]?.id ?? "")).toBe("try-2");
  });

  it("is tried anew as another job when only its page knows that the analysis failed", async () => {
    let made = 0;
    at.play(() => at.ticket(`page-${++made}`));
    await at.added();
    await at.handedOver();
    expect(await at.tab.retryPhoto(at.tab.queue()[0]?.id ?? "")).toBe("page-2");
  });

  it("tells whether it outlives the tab", async () => {
    at.play(() => at.ticket("job-5"));
    expect((await at.tab.addPhoto(photo())).onDisk).toBe(true);
    fillDisk();
    expect((await at.tab.addPhoto(photo())).onDisk).toBe(false);
    await soon(() => expect(at.phases()).toEqual(["sent", "sent"]));
  });
});

describe("a photo that nobody watches", () => {
  async function looked(answer: Answer) {
    at.play(
      () => at.ticket("job-1"),
      (one) => (one === "GET status/job-1" ? answer : undefined),
    );
    await at.added();
    await at.handedOver();
    return at.tab.checkUnwatched();
  }
  const status = (state: string) => ({
    body: { job_id: "job-1", status: state, code: "gave_up", message: "왜" },
  });

  it.each(["done", "asked"])("goes once it is %s", async (state) => {
    expect(await looked(status(state))).toEqual(["job-1"]);
    expect(at.tab.queue()).toEqual([]);
  });

  it("stays, saying why, once its analysis failed", async () => {
    expect(await looked(status("failed"))).toEqual([]);
    expect(at.tab.queue()[0]).toMatchObject({
      phase: "failed",
      failure: { code: "gave_up", sentence: "왜" },
    });
  });

  it.each<[string, Answer]>([
    ["cancelled", status("cancelled")],
    ["unknown to the platform", problem(404, "job_missing")],
  ])("goes when it is %s", async (_, answer) => {
    expect(await looked(answer)).toEqual([]);
    expect(at.tab.queue()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it.each<[string, Answer]>([
    ["is being looked at", status("seeing")],
    ["cannot be asked for", "silence"],
  ])("stays while it %s", async (_, answer) => {
    expect(await looked(answer)).toEqual([]);
    expect(at.phases()).toEqual(["sent"]);
  });
});
