import { beforeEach, expect, it, vi } from "vitest";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer, problem } from "~/test/fakeServer";
import type * as Session from "~/api/session";
import type * as Delivery from "./delivery";
import type * as List from "./list";
import type * as Queue from "./queue";

let queue: typeof Queue;
let list: typeof List;
let delivery: typeof Delivery;
let session: typeof Session;

/** The modules as a page that was just loaded has them; what is on the disk stays, and the page before sends nothing more. */
async function load(): Promise<void> {
  (list as typeof list | undefined)?.clearList();
  vi.resetModules();
  queue = await import("./queue");
  list = await import("./list");
  delivery = await import("./delivery");
  session = await import("~/api/session");
}

type Asked = Parameters<Parameters<typeof fakeServer>[0]>[0];
type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;
type Sent = { id: string; card_id: string; rating: string; answer?: string; reviewed_at: string };

const tokens = (id: string) => ({
  body: {
    access_token: `token of ${id}`,
    refresh_token: "r",
    expires_in: 3600,
    user: { id, username: "민아" },
  },
});

/** A server that keeps a log, as ours does: the same id twice is once, and only the newest can be taken back. */
class Server {
  log: Sent[] = [];
  undone: string[] = [];
  batches = 0;
  /** What happens to a request before the log sees it, or after it did. */
  before: (asked: Asked) => Answer | null = () => null;
  after: (asked: Asked) => Answer | null = () => null;
  person = "guest_1";

  constructor() {
    fakeServer((asked) => {
      if (asked.path.includes("/auth/")) return tokens(this.person);
      const refused = this.before(asked);
      if (refused) return refused;
      const answer = this.answer(asked);
      return this.after(asked) ?? answer;
    });
  }

  private answer({ method, path, body }: Asked): Answer {
    const id = path.split("/").at(-1) ?? "";
    if (path.endsWith("/batch")) {
      this.batches += 1;
      const { reviews } = JSON.parse(body) as { reviews: Sent[] };
      const results = reviews.map((review) => ({ id: review.id, status: this.take(review) }));
      return { body: { results, counts: { new: 0, learning: 0, review: 0 } } };
    }
    const review = this.log.find((one) => one.id === id);
    if (!review) return problem(404, "review_missing");
    if (method === "PATCH") {
      review.rating = (JSON.parse(body) as Sent).rating;
      return { body: {} };
    }
    if (this.standing().at(-1)?.id !== id) return problem(409, "not_the_newest_review");
    this.undone.push(id);
    return { status: 204 };
  }

  private take(review: Sent): string {
    if (review.card_id === "gone") return "card_missing";
    if (this.log.some(({ id }) => id === review.id)) return "known";
    this.log.push(review);
    return "kept";
  }

  standing = () => this.log.filter(({ id }) => !this.undone.includes(id));
  said = () => this.standing().map(({ card_id, rating }) => `${card_id} ${rating}`);
}

const offline = () => vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
const nothingWaits = () => vi.waitFor(() => expect(list.entries()).toEqual([]), { timeout: 10_000 });
const review = (card: string, rating: "again" | "hard" | "good" | "easy" = "good") =>
  queue.addReview({ card, rating, seconds: 4 });

beforeEach(async () => {
  vi.stubGlobal("BroadcastChannel", undefined); // one tab: that of the test before is still there
  makeFakeDatabase();
  await load();
});

it("shows a review at once, sends it with its time, and takes it off when it has arrived", async () => {
  const server = new Server();
  const told = vi.fn();
  delivery.onDelivered(told);
  const before = Date.now();
  const id = queue.addReview({ card: "a", rating: "hard", answer: "캔류", seconds: 5000 });
  expect(list.entries()).toMatchObject([{ id, card: "a", rating: "hard" }]);
  await nothingWaits();
  expect(server.log).toMatchObject([{ id, card_id: "a", rating: "hard", answer: "캔류", seconds: 3600 }]);
  expect(Date.parse(server.log[0]?.reviewed_at ?? "")).toBeGreaterThanOrEqual(before);
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith([]));
});

it("keeps what is reviewed without a network over a reload, and sends all of it together, in order", async () => {
  const server = new Server();
  const network = offline();
  review("a");
  review("b", "again");
  review("c", "easy");
  await vi.waitFor(async () => expect(await (await import("./store")).storedEntries()).toHaveLength(3));
  expect(server.log).toEqual([]);
  await load();
  await queue.resume();
  expect(list.entries()).toHaveLength(3);
  network.mockRestore();
  await queue.resumeOnline();
  expect(server.said()).toEqual(["a good", "b again", "c easy"]);
  expect(server.batches).toBe(1);
  const times = server.log.map(({ reviewed_at }) => reviewed_at);
  expect([...new Set(times)].sort()).toEqual(times);
});

it("is once although the answer was lost", async () => {
  const server = new Server();
  let lost = 2;
  server.after = () => (lost-- > 0 ? "silence" : null);
  review("a");
  await nothingWaits();
  expect(server.said()).toEqual(["a good"]);
  expect(server.batches).toBeGreaterThan(1);
});

it("sends each once from two tabs", async () => {
  const server = new Server();
  const network = offline();
  review("a");
  review("b");
  await vi.waitFor(async () => expect(await (await import("./store")).storedEntries()).toHaveLength(2));
  const first = { queue, list };
  vi.resetModules();
  const second = { queue: await import("./queue"), list: await import("./list") };
  await second.queue.resume();
  network.mockRestore();
  await Promise.all([first.queue.resumeOnline(), second.queue.resumeOnline()]);
  await vi.waitFor(() => expect([first.list.entries(), second.list.entries()]).toEqual([[], []]));
  expect(server.said().sort()).toEqual(["a good", "b good"]);
});

it("tries again after what passes, and not before the server wants it", async () => {
  const server = new Server();
  let busy = 1;
  server.before = ({ path }) => (path.endsWith("/batch") && busy-- > 0 ? problem(503, "unavailable") : null);
  review("a");
  await nothingWaits();
  expect(server.said()).toEqual(["a good"]);
});

it("tells of what is refused, and lets it keep nothing else", async () => {
  const server = new Server();
  server.before = ({ path, body }) =>
    path.endsWith("/batch") && body.includes("broken") ? problem(422, "invalid") : null;
  const refused: string[] = [];
  delivery.onDelivered((some) => refused.push(...some.map(({ code }) => code)));
  const network = offline();
  review("a");
  review("broken");
  review("gone");
  review("b");
  network.mockRestore();
  await queue.resumeOnline();
  await nothingWaits();
  expect(server.said()).toEqual(["a good", "b good"]);
  await vi.waitFor(() => expect(refused).toEqual(["invalid", "card_missing"]));
});

it("removes a review that is taken back before it was sent: the server never hears of it", async () => {
  const server = new Server();
  const network = offline();
  review("a");
  const id = review("b");
  await queue.undo(id, "b");
  expect(list.entries()).toMatchObject([{ card: "a" }]);
  network.mockRestore();
  await queue.resumeOnline();
  expect(server.log.map(({ card_id }) => card_id)).toEqual(["a"]);
  expect(server.undone).toEqual([]);
});

it("takes back what was sent, also without a network, before what came after it", async () => {
  const server = new Server();
  const id = review("a", "again");
  await nothingWaits();
  const network = offline();
  await queue.undo(id, "a");
  review("a", "easy");
  review("b");
  await vi.waitFor(async () => expect(await (await import("./store")).storedEntries()).toHaveLength(3));
  await load();
  network.mockRestore();
  await queue.resume();
  await nothingWaits();
  expect(server.said()).toEqual(["a easy", "b good"]);
});

it("takes back what is on its way before what comes after it is sent", async () => {
  const server = new Server();
  const refused: string[] = [];
  delivery.onDelivered((some) => refused.push(...some.map(({ code }) => code)));
  const id = review("a", "again");
  server.after = () => {
    server.after = () => null; // the answer is on its way back when the person presses two keys
    void queue.undo(id, "a");
    review("a", "easy");
    return null;
  };
  await nothingWaits();
  expect(server.said()).toEqual(["a easy"]);
  expect(refused).toEqual([]);
});

it("takes back what may have arrived", async () => {
  const server = new Server();
  let silent = true;
  server.after = () => (silent ? "silence" : null);
  const id = review("a");
  await vi.waitFor(() => expect(server.said()).toEqual(["a good"])); // and the answer is lost
  await queue.undo(id, "a");
  silent = false;
  await queue.resumeOnline();
  await nothingWaits();
  expect(server.said()).toEqual([]);
});

it("is content when what is taken back never arrived", async () => {
  const server = new Server();
  const told = vi.fn();
  delivery.onDelivered(told);
  server.before = () => "silence";
  const id = review("a");
  await vi.waitFor(() => expect(list.entries()).toMatchObject([{ tried: true }]));
  await queue.undo(id, "a");
  server.before = () => null;
  await queue.resumeOnline();
  await nothingWaits();
  expect(server.log).toEqual([]);
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith([]));
});

it("changes the rating of what waits, and overrules what was sent", async () => {
  const server = new Server();
  const network = offline();
  const id = review("a", "again");
  await vi.waitFor(async () => expect(await (await import("./store")).storedEntries()).toHaveLength(1));
  await queue.overrule(id, "a", "good");
  expect(list.entries()).toMatchObject([{ kind: "review", rating: "good" }]);
  network.mockRestore();
  await queue.resumeOnline();
  expect(server.said()).toEqual(["a good"]);
  await queue.overrule(id, "a", "easy");
  await nothingWaits();
  expect(server.said()).toEqual(["a easy"]);
});

it("sends nothing of an account while another one is signed in", async () => {
  const server = new Server();
  server.person = "account-1";
  await session.accessToken();
  const network = offline();
  review("a");
  await vi.waitFor(async () => expect(await (await import("./store")).storedEntries()).toHaveLength(1));
  network.mockRestore();
  server.person = "account-2";
  session.forgetSession();
  await session.accessToken();
  await queue.resume();
  expect(list.entries()).toEqual([]);
  expect(server.log).toEqual([]);
  server.person = "account-1";
  session.forgetSession();
  await session.accessToken();
  await queue.resume();
  await nothingWaits();
  expect(server.said()).toEqual(["a good"]);
});

it("forgets everything when the device is forgotten", async () => {
  new Server();
  offline();
  review("a");
  await vi.waitFor(async () => expect(await (await import("./store")).storedEntries()).toHaveLength(1));
  await queue.removeAllReviews();
  await load();
  await queue.resume();
  expect(list.entries()).toEqual([]);
});
