import createClient, { type Middleware } from "openapi-fetch";
import { language } from "~/i18n";
import type { paths } from "./generated/schema";
import { secured } from "./generated/secured";
import { Problem } from "./problem";
import { reach } from "./reach";
import { token, tokenInsteadOf } from "./session";

const BEARER = "Bearer ";

/** Says in which language we read, and who we are where the contract asks for it. */
const introduce: Middleware = {
  async onRequest({ request, schemaPath }) {
    request.headers.set("Accept-Language", language());
    if (secured.has(`${request.method} ${schemaPath}`)) {
      request.headers.set("Authorization", BEARER + (await token()));
    }
    return request;
  },
};

/** Sends it, and once more with a fresh token when the platform no longer believes the one it carried. */
async function send(request: Request): Promise<Response> {
  const carried = request.headers.get("Authorization");
  const again = carried ? request.clone() : null;
  try {
    return await reach(request);
  } catch (error) {
    if (!again || !carried || !(error instanceof Problem) || error.details.status !== 401) throw error;
    again.headers.set("Authorization", BEARER + (await tokenInsteadOf(carried.slice(BEARER.length))));
    return reach(again);
  }
}

/** The platform's operations, typed by its contract. Wrap a call in `data` to get what it answers. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(introduce);

/** What a call answers: `await data(api.GET("/api/v1/recycling/regions"))`. Throws a Problem for anything else. */
export async function data<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  return (await call).data as T;
}
