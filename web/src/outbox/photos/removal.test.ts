import { describe, expect, it, vi } from "vitest";
import { rows } from "~/test/fakeDatabase";
import { problem } from "~/test/fakeServer";
import { type Answer, photo, makeTestBrowser, soon } from "./testBrowser";

vi.mock("~/photo/prepare", () => ({ prepare: (file: Blob) => Promise.resolve(file) }));

const at = makeTestBrowser();

describe("a photo that is not wanted any more", () => {
  const missing = problem(404, "job_missing");

  /** A photo that was handed over; `remove` says what comes of removing its job: first it is cancelled, then removed. */
  async function sentPhoto(remove: (nth: number) => Answer | undefined) {
    let nth = 0;
    const asked = at.play(
      () => at.ticket("job-1"),
      (one) => (one.startsWith("DELETE") ? remove(++nth) : undefined),
    );
    await at.added();
    await at.handedOver();
    await at.tab.resume(); // the round that sent it looks for removals, too: it is over
    return asked;
  }

  it("is removed on the platform, not only cancelled", async () => {
    const asked = await sentPhoto((nth) => (nth > 2 ? missing : undefined));
    await at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
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
    await at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
    expect(at.tab.queue()).toEqual([]);
    expect(JSON.stringify(await rows())).not.toContain("photo"); // only what to tell
    expect(asked("DELETE")).toEqual(["DELETE jobs/job-1"]);
    away = false;
    at.tab = await at.newTab(); // a reload
    await at.tab.resume();
    expect(at.tab.queue()).toEqual([]);
    const told = asked("DELETE").length;
    expect(told).toBeGreaterThan(1);
    await at.tab.resume();
    expect(asked("DELETE")).toHaveLength(told);
    expect(await rows()).toEqual([]);
  });

  it("does not come back with what is still under way", async () => {
    let finish: () => void = () => undefined;
    at.receive = (response) => {
      finish = () => response.end();
    };
    const asked = at.play(() => at.ticket("job-1"));
    await at.added();
    await soon(() => expect(at.uploads).toHaveLength(1));
    await at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
    finish();
    await at.tab.resume();
    expect(at.tab.queue()).toEqual([]);
    expect(asked("POST upload-complete")).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it("does not come back with what was read before", async () => {
    await sentPhoto(() => undefined);
    const waking = at.tab.resume();
    const dropping = at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
    await waking;
    expect(at.tab.queue()).toEqual([]);
    await dropping;
  });

  it("is not waited for any more while another is still leaving", async () => {
    at.receive = () => undefined;
    at.play(() => at.ticket("job-1"));
    await at.added();
    await soon(() => expect(at.uploads).toHaveLength(1));
    const { sent } = await at.tab.addPhoto(photo());
    await at.tab.removePhoto(at.tab.queue()[1]?.id ?? "");
    expect(await sent).toEqual({ jobId: null, phase: null });
  });

  it("is removed on the platform by itself once that may be asked again", async () => {
    const busy = problem(429, "too_many_requests", { "Retry-After": "1" });
    const asked = await sentPhoto((nth) => (nth === 1 ? busy : missing));
    await at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
    expect(asked("DELETE")).toHaveLength(1);
    await soon(() => expect(asked("DELETE")).toHaveLength(3));
  });

  it("takes its picture out of memory", async () => {
    await sentPhoto(() => undefined);
    await at.tab.removePhoto(at.tab.queue()[0]?.id ?? "");
    expect(at.revoked).toEqual(["blob:1"]);
  });

  it("is gone with all others, and their pictures, when everything is forgotten", async () => {
    await sentPhoto(() => undefined);
    await at.tab.photoAnswered("job-1");
    await at.added();
    await at.tab.removeAllPhotos();
    expect(await rows()).toEqual([]);
    expect(at.tab.queue()).toEqual([]);
    expect(at.tab.pictureOf("job-1")).toBeNull();
    expect(at.revoked.sort()).toEqual(["blob:1", "blob:2"]);
  });
});
