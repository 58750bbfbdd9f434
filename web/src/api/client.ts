import createClient, { type Middleware } from "openapi-fetch";
import { language } from "~/i18n";
import type { paths } from "./generated/schema";
import { secured } from "./generated/secured";
import { Problem } from "./problem";
import { request } from "./request";
import { accessToken, replaceToken, signedIn } from "./session";

const BEARER = "Bearer ";
/** Operations that nobody must be signed in for, and that take along whoever is. */
const TAKES_ALONG: ReadonlySet<string> = new Set(["/api/v1/auth/register"]);

/** Adds the language we read and, where the contract asks who is calling, our token; to auth, that we keep cookies. */
const addHeaders: Middleware = {
  async onRequest({ request: outgoing, schemaPath }) {
    outgoing.headers.set("Accept-Language", language());
    if (schemaPath.startsWith("/api/v1/auth/")) outgoing.headers.set("X-Token-Delivery", "cookie");
    if (secured.has(`${outgoing.method} ${schemaPath}`) || (TAKES_ALONG.has(schemaPath) && signedIn())) {
      outgoing.headers.set("Authorization", BEARER + (await accessToken()));
    }
    return outgoing;
  },
};

/** Sends a request, and once more with a fresh token when the platform refuses the one it carried. */
async function send(outgoing: Request): Promise<Response> {
  const carried = outgoing.headers.get("Authorization");
  const again = carried ? outgoing.clone() : null;
  try {
    return await request(outgoing);
  } catch (error) {
    if (!again || !carried || !(error instanceof Problem) || error.details.status !== 401) throw error;
    again.headers.set("Authorization", BEARER + (await replaceToken(carried.slice(BEARER.length))));
    return request(again);
  }
}

/** The platform's operations, typed by its contract. Wrap a call in `data` to get what it answers. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(addHeaders);

/** What a call answers: `await data(api.GET("/api/v1/recycling/regions"))`. Throws a Problem for anything else. */
export async function data<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  return (await call).data as T;
}
