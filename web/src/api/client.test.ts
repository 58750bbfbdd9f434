import { beforeEach, describe, expect, it, vi } from "vitest";
import { preferences, prefer } from "~/preferences/store";
import { fakeServer, problem } from "~/test/fakeServer";
import { api, data } from "./client";
import { Problem } from "./problem";
import { forgetSession, onSessionLost } from "./session";

let issued = 0;

function tokens(expires_in = 3600) {
  issued += 1;
  const user = { id: "guest_1", username: "초록이", kind: "guest" };
  return { body: { access_token: `access-${issued}`, refresh_token: null, expires_in, user } };
}

const history = () => data(api.GET("/api/v1/waste/jobs"));

beforeEach(() => {
  issued = 0;
  forgetSession();
  prefer({ name: null });
});

describe("a request that wants to know who is calling", () => {
  it("makes a guest with a name of its own at the first need, once for all that ask at the same time", async () => {
    const { asked } = fakeServer(({ path }) => (path.endsWith("/guest") ? tokens() : { body: [] }));
    await Promise.all([history(), history(), history()]);
    expect(asked.filter(({ path }) => path === "/api/v1/auth/guest")).toHaveLength(1);
    const { username } = JSON.parse(asked[0]?.body ?? "") as { username: string };
    expect(username).toBe(preferences().name);
    expect(username).toMatch(/^\S+ \S+/);
    expect(asked.slice(1).map(({ headers }) => headers.get("Authorization"))).toEqual(
      Array(3).fill("Bearer access-1"),
    );
  });

  it("keeps the name that a person gave", async () => {
    prefer({ name: "초록이" });
    const { asked } = fakeServer(({ path }) => (path.endsWith("/guest") ? tokens() : { body: [] }));
    await history();
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ username: "초록이" });
  });

  it("refreshes a token before it expires", async () => {
    const { asked } = fakeServer(({ path }) => {
      if (path.endsWith("/guest")) return tokens(30);
      return path.endsWith("/refresh") ? tokens() : { body: [] };
    });
    await history();
    await history();
    expect(asked.map(({ path }) => path.split("/").at(-1))).toEqual(["guest", "jobs", "refresh", "jobs"]);
    expect(asked[2]?.body).toBe("{}");
    expect(asked[2]?.headers.get("X-Token-Delivery")).toBe("cookie");
  });

  it("is sent once more, body and all, when its token is refused, and only one refreshes", async () => {
    const { asked } = fakeServer(({ path, headers }) => {
      if (path.includes("/auth/")) return tokens();
      return headers.get("Authorization") === "Bearer access-1"
        ? problem(401, "token_invalid")
        : { body: [] };
    });
    const analyze = () =>
      data(api.POST("/api/v1/waste/analyze", { body: { content_type: "image/jpeg", size: 7 } }));
    await Promise.all([analyze(), analyze()]);
    expect(asked.filter(({ path }) => path.endsWith("/refresh"))).toHaveLength(1);
    const sent = asked.filter(({ path }) => path.endsWith("/analyze"));
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ body }) => body))).toEqual(
      new Set(['{"content_type":"image/jpeg","size":7}']),
    );
  });

  it("begins anew, and says so, when the session is over", async () => {
    const lost = vi.fn();
    const forget = onSessionLost(lost);
    fakeServer(({ path, headers }) => {
      if (path.endsWith("/guest")) return tokens();
      if (path.endsWith("/refresh")) return problem(401, "refresh_invalid");
      return headers.get("Authorization") === "Bearer access-1"
        ? problem(401, "token_expired")
        : { body: [] };
    });
    expect(await history()).toEqual([]);
    expect(lost).toHaveBeenCalledOnce();
    forget();
  });

  it("keeps the session while the platform is only away", async () => {
    let away = false;
    const { asked } = fakeServer(({ path }) => {
      if (path.endsWith("/guest")) return tokens(30);
      return away ? "silence" : { body: [] };
    });
    await history();
    away = true;
    await expect(history()).rejects.toMatchObject({ code: "network" });
    expect(asked.filter(({ path }) => path.endsWith("/guest"))).toHaveLength(1);
  });
});

describe("any request", () => {
  it("tells in which language it reads and signs nobody in without need", async () => {
    document.documentElement.lang = "en";
    const { asked } = fakeServer(() => ({ body: [] }));
    await data(api.GET("/api/v1/recycling/regions"));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.headers.get("Accept-Language")).toBe("en");
    expect(asked[0]?.headers.get("Authorization")).toBeNull();
    document.documentElement.lang = "ko";
  });

  it("throws the problem that it is told", async () => {
    fakeServer(() => problem(429, "limited", { "Retry-After": "7" }));
    const error = await data(api.GET("/api/v1/recycling/regions")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      code: "limited",
      passing: true,
      details: { retryAfter: 7, detail: "about limited" },
    });
  });

  it("understands a proxy that answers with a page", async () => {
    fakeServer(() => ({ status: 502, headers: { "Content-Type": "text/html" } }));
    await expect(data(api.GET("/api/v1/recycling/regions"))).rejects.toMatchObject({ code: "internal" });
  });
});
