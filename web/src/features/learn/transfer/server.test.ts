import { beforeEach, expect, it } from "vitest";
import { forgetSession } from "~/api/session";
import { makeFakeDatabase } from "~/test/fakeDatabase";
import { fakeServer } from "~/test/fakeServer";
import { sendFile } from "./server";

const guest = {
  body: {
    access_token: "a",
    refresh_token: "r",
    expires_in: 3600,
    user: { id: "guest_1", username: "", kind: "guest" },
  },
};
const TICKET = { import_id: "import-1", upload_method: "PUT", upload_url: "/up", upload_headers: {} };

beforeEach(() => {
  forgetSession();
  makeFakeDatabase();
});

it("has the server forget what is cancelled while it is announced", async () => {
  const stop = new AbortController();
  const { asked } = fakeServer(({ method, path }) => {
    if (path.includes("/auth/")) return guest;
    if (method === "DELETE") return { status: 204 };
    stop.abort();
    return { status: 201, body: TICKET };
  });
  const sending = sendFile({
    file: new File(["a,b"], "a.csv"),
    format: "csv",
    target: {},
    key: "key-1",
    signal: stop.signal,
    onProgress: () => undefined,
  });
  await expect(sending).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  await expect
    .poll(() => asked.map(({ method, path }) => `${method} ${path}`))
    .toEqual([
      expect.stringContaining("/auth/"),
      "POST /api/v1/learning/imports",
      "DELETE /api/v1/learning/imports/import-1",
    ]);
});
