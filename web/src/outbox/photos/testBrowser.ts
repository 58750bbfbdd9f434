import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { forgetSession } from "~/api/session";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer } from "~/test/fakeServer";
import type * as List from "./list";
import type * as Queue from "./queue";

export type Answer = ReturnType<Parameters<typeof fakeServer>[0]>;
type Tab = typeof List & typeof Queue;

export const guest = {
  body: { access_token: "a", refresh_token: "r", expires_in: 3600, user: { id: "guest_1", username: "" } },
};

export const photo = () => new File(["photo"], "IMG_1.JPG", { type: "image/jpeg" });

/** Not as impatient as `vi.waitFor`: machines are shared. */
export const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000 });

const accept = (response: ServerResponse) => response.end();

/** A browser with its disk, its tabs and a store for uploads: a real server, since uploads go by XMLHttpRequest. */
class Browser {
  private tabs: Tab[] = [];
  uploads: string[] = [];
  revoked: string[] = [];
  /** What the store says to an upload. */
  receive: (response: ServerResponse) => void = accept;
  private current: Tab | undefined;
  private readonly store = createServer((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "*");
    response.setHeader("Access-Control-Allow-Methods", "PUT");
    if (request.method !== "PUT") {
      response.end();
      return;
    }
    this.uploads.push(request.url ?? "");
    this.receive(response);
  });

  get tab(): Tab {
    if (!this.current) throw new Error("no tab is open");
    return this.current;
  }

  set tab(tab: Tab) {
    this.current = tab;
  }

  async open() {
    forgetSession();
    [this.tabs, this.uploads, this.revoked, this.receive] = [[], [], [], accept];
    await new Promise<void>((resolve) => this.store.listen(0, "127.0.0.1", resolve));
    // jsdom's bytes are not those that Node's SHA-256 takes: a context without it, as on plain http in a LAN.
    vi.spyOn(crypto, "subtle", "get").mockReturnValue(undefined as unknown as SubtleCrypto);
    let made = 0;
    const revokeObjectURL = (url: string) => this.revoked.push(url);
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => `blob:${++made}`, revokeObjectURL }));
    makeFakeDatabase();
    this.tab = await this.newTab();
  }

  async close() {
    for (const { removeAllPhotos } of this.tabs) await removeAllPhotos();
    this.store.closeAllConnections();
    await new Promise((resolve) => this.store.close(resolve));
  }

  /** Another tab of the same browser, or this one after a reload. */
  async newTab(): Promise<Tab> {
    vi.resetModules();
    const opened = { ...(await import("./list")), ...(await import("./queue")) };
    this.tabs.push(opened);
    return opened;
  }

  /** Where a ticket leads. */
  ticket(jobId: string, expiresIn = 300_000) {
    const { port } = this.store.address() as AddressInfo;
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

  /** A platform that answers `analyze`, and what else `other` says; gives what it was asked. */
  play(analyze: () => Answer, other: (asked: string) => Answer | undefined = () => undefined) {
    const { asked } = fakeServer(({ method, path }) => {
      if (path.startsWith("/api/v1/auth/")) return guest;
      if (path.endsWith("/analyze")) return analyze();
      return other(`${method} ${path.replace("/api/v1/waste/", "")}`) ?? { body: {} };
    });
    return (method = "") =>
      asked
        .map(({ method, path }) => `${method} ${path.replace("/api/v1/waste/", "")}`)
        .filter((one) => one.startsWith(method));
  }

  added = async () => (await this.tab.addPhoto(photo())).sent;
  phases = (of: Tab = this.tab) => of.queue().map(({ phase }) => phase);
  handedOver = () => soon(() => expect(this.phases()).toEqual(["sent"]));
}

/** The browser of a file's tests, as new for each of them. */
export function makeTestBrowser(): Browser {
  const browser = new Browser();
  beforeEach(() => browser.open());
  afterEach(() => browser.close());
  return browser;
}
