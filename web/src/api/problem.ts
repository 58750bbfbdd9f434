import type { ProblemDocument } from "./types";

type Details = Readonly<{
  status: number;
  /** Stable: switch on this. `network` when nothing answered. */
  code: string;
  /** A sentence for a person in the language of the request; empty when nobody wrote one. */
  detail: string;
  /** Seconds after which asking again makes sense. */
  retryAfter?: number | undefined;
  fields?: ProblemDocument["errors"] | undefined;
  requestId?: string | null | undefined;
}>;

/** Every way in which asking the platform fails: RFC 9457 problems, and silence. */
export class Problem extends Error {
  override name = "Problem";

  constructor(readonly details: Details) {
    super(`${details.code}: ${details.detail}`);
  }

  get code(): string {
    return this.details.code;
  }

  /** Whether the same request may succeed a little later. */
  get passing(): boolean {
    return this.code === "network" || this.details.status === 429 || this.details.status === 503;
  }

  /** The problem that a failed response tells, whoever sent it: a proxy in between may answer plain HTML. */
  static async from(response: Response): Promise<Problem> {
    const retryAfter = Number(response.headers.get("Retry-After") ?? NaN);
    const told = await document(response);
    return new Problem({
      status: response.status,
      code: told?.code ?? (response.status === 503 ? "unavailable" : "internal"),
      detail: told?.detail ?? "",
      fields: told?.errors,
      requestId: told?.request_id ?? response.headers.get("X-Request-ID"),
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    });
  }

  static network(): Problem {
    return new Problem({ status: 0, code: "network", detail: "" });
  }
}

async function document(response: Response): Promise<ProblemDocument | null> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) return null;
  try {
    return (await response.json()) as ProblemDocument;
  } catch {
    return null;
  }
}
