import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leave } from "~/api/session";
import { playPlatform, problem } from "~/test/platform";
import { add, answered, drop, failed, pictureOf, queue, retry } from "./queue";

// jsdom decodes no pictures: HEIC goes as it is.
const photo = () =>
  new File([new Uint8Array([0, 0, 0, 24]), "ftypheic\0\0\0\0mif1heic"], "IMG_1.HEIC", { type: "image/heic" });
const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "guest_1", username: "" } },
};

let store: Server;
let uploads: string[];

/** Where tickets lead: a real server, since uploads go by XMLHttpRequest. */
function ticket(jobId: string) {
  const { port } = store.address() as AddressInfo;
  return {
    status: 201,
    body: {
      job_id: jobId,
      upload_url: `http://127.0.0.1:${port}/${jobId}`,
      upload_method: "PUT",
      upload_headers: { "Content-Type": "image/heic" },
    },
  };
}

type Answer = ReturnType<Parameters<typeof playPlatform>[0]>;

function play(analyze: () => Answer) {
  const { asked } = playPlatform(({ path }) => {
    if (path.endsWith("/guest")) return guest;
    return path.endsWith("/analyze") ? analyze() : { body: {} };
  });
  return () => asked.map(({ method, path }) => `${method} ${path.replace("/api/v1/waste/", "")}`);
}

beforeEach(async () => {
  leave();
  uploads = [];
  store = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Allow-Methods", "PUT");
    if (request.method === "PUT") uploads.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
  // jsdom's bytes are not those that Node's SHA-256 takes: a context without it, as on plain http in a LAN.
  vi.spyOn(crypto, "subtle", "get").mockReturnValue(undefined as unknown as SubtleCrypto);
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:photo" }));
});

afterEach(async () => {
  for (const { id } of queue()) await drop(id);
  await new Promise((resolve) => store.close(resolve));
});

describe("a photo", () => {
  it("becomes a job, is uploaded, and goes when its answer is there", async () => {
    const asked = play(() => ticket("job-1"));
    expect(await add(photo())).toBe("job-1");
    await vi.waitFor(() => expect(queue()[0]?.phase).toBe("sent"));
    expect(uploads).toEqual(["/job-1"]);
    expect(asked()).toContain("POST upload-complete/job-1");
    await answered("job-1");
    expect(queue()).toEqual([]);
    expect(pictureOf("job-1")).toBe("blob:photo");
  });

  it("waits without a network and is sent when it is back", async () => {
    const online = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    play(() => ticket("job-2"));
    expect(await add(photo())).toBeNull();
    expect(await add(photo())).toBeNull();
    expect(queue().map(({ phase }) => phase)).toEqual(["waiting", "waiting"]);
    online.mockReturnValue(true);
    const { wake } = await import("./queue");
    await wake();
    expect(queue().map(({ phase }) => phase)).toEqual(["sent", "sent"]);
  });

  it("has its turn when it is taken while another is leaving", async () => {
    let made = 0;
    play(() => ticket(`turn-${++made}`));
    expect(await Promise.all([add(photo()), add(photo())])).toEqual(["turn-1", "turn-2"]);
    await vi.waitFor(() => expect(queue().map(({ phase }) => phase)).toEqual(["sent", "sent"]));
  });

  it("waits for a busy platform as long as it asks for", async () => {
    play(() => problem(503, "unavailable", { "Retry-After": "30" }));
    expect(await add(photo())).toBeNull();
    const [waiting] = queue();
    expect(waiting?.phase).toBe("waiting");
    expect((waiting?.again ?? 0) - Date.now()).toBeGreaterThan(25_000);
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
    expect(await add(photo())).toBeNull();
    expect(queue()[0]).toMatchObject({
      phase: "failed",
      failure: { code: "photo_size_unsupported", sentence: "about photo_size_unsupported" },
    });
    refuse = false;
    expect(await retry(queue()[0]?.id ?? "")).toBe("job-3");
    expect(new Set(keys).size).toBe(2); // another attempt is another job
  });

  it("gets a new ticket when the old one ran out", async () => {
    let first = true;
    const { asked } = playPlatform(({ path }) => {
      if (path.endsWith("/guest")) return guest;
      if (path.endsWith("/analyze")) return ticket(first ? "old" : "new");
      if (!path.includes("upload-complete") || !first) return { body: {} };
      first = false;
      return problem(409, "job_ended");
    });
    await add(photo());
    await vi.waitFor(() => expect(queue()[0]?.phase).toBe("sent"));
    expect(queue()[0]?.jobId).toBe("new");
    const keys = asked
      .filter(({ path }) => path.endsWith("/analyze"))
      .map(({ headers }) => headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(2);
  });

  it("stays when its analysis failed, for another try", async () => {
    play(() => ticket("job-4"));
    await add(photo());
    await vi.waitFor(() => expect(queue()[0]?.phase).toBe("sent"));
    await failed("job-4", "gave_up", "여러 번 시도했어요.");
    expect(queue()[0]).toMatchObject({ phase: "failed", failure: { code: "gave_up" } });
  });
});
