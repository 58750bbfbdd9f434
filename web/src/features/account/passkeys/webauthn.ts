import type { PasskeyAnswer, PasskeyOptions } from "~/api/types";

/**
 * Passkeys as browsers have them. The platform's options and our answers are JSON, in the forms of WebAuthn §5.1.8 and
 * §5.8; they are made here, since browsers of before 2025 have no `parseCreationOptionsFromJSON()` and `toJSON()`, and
 * those of some password managers fail.
 */

/** Why passkeys cannot be used here; null where they can. The platform knows whether this is the right host. */
export function whyNoPasskeys(): "insecure" | "unknown" | null {
  if (!window.isSecureContext) return "insecure";
  return "PublicKeyCredential" in window && "credentials" in navigator ? null : "unknown";
}

/** Whether fields can offer passkeys among what they fill in (`autocomplete="webauthn"`). */
export async function canFillIn(): Promise<boolean> {
  if (whyNoPasskeys() !== null) return false;
  const asked = PublicKeyCredential as Partial<typeof PublicKeyCredential>;
  return (await asked.isConditionalMediationAvailable?.().catch(() => false)) ?? false;
}

type Reason = "cancelled" | "known" | "elsewhere" | "failed";

/** The browser or the person made no passkey, or showed none. */
export class PasskeyRefused extends Error {
  override name = "PasskeyRefused";

  constructor(readonly reason: Reason) {
    super(reason);
  }
}

const REASONS: Readonly<Record<string, Reason>> = {
  AbortError: "cancelled",
  NotAllowedError: "cancelled", // the person said no, or nothing came for minutes: browsers do not tell which
  InvalidStateError: "known",
  SecurityError: "elsewhere",
};

/** Has the device make a passkey. Throws PasskeyRefused. */
export async function makePasskey({ request, options }: PasskeyOptions): Promise<PasskeyAnswer> {
  const given = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = {
    ...given,
    challenge: bytes(given.challenge),
    user: { ...given.user, id: bytes(given.user.id) },
    excludeCredentials: given.excludeCredentials?.map(descriptor) ?? [],
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await asked((signal) => navigator.credentials.create({ publicKey, signal }));
  const response = made.response as AuthenticatorAttestationResponse;
  return answer(request, made, {
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
    transports: (response as Partial<AuthenticatorAttestationResponse>).getTransports?.() ?? [],
  });
}

type Showing = Readonly<{
  /** Ends it. */
  signal?: AbortSignal;
  /** Where the browser offers passkeys as it fills in a field; it may never come to that. */
  inField?: boolean;
}>;

/** Has the person show a passkey. Throws PasskeyRefused. */
export async function showPasskey(
  { request, options }: PasskeyOptions,
  showing: Showing = {},
): Promise<PasskeyAnswer> {
  const given = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = {
    ...given,
    challenge: bytes(given.challenge),
    allowCredentials: given.allowCredentials?.map(descriptor) ?? [],
  } as unknown as PublicKeyCredentialRequestOptions;
  const shown = await asked(
    (signal) =>
      navigator.credentials.get({
        publicKey,
        signal,
        ...(showing.inField ? { mediation: "conditional" } : {}),
      }),
    showing,
  );
  const response = shown.response as AuthenticatorAssertionResponse;
  return answer(request, shown, {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle && text(response.userHandle),
  });
}

/** What the browser is asked at the moment: it does one thing at a time, and a press of a button goes before a field. */
let running: Readonly<{ end: AbortController; inField: boolean }> | null = null;

async function asked(
  ask: (signal: AbortSignal) => Promise<Credential | null>,
  { signal, inField = false }: Showing = {},
): Promise<PublicKeyCredential> {
  if (signal?.aborted || (inField && running?.inField === false)) throw new PasskeyRefused("cancelled");
  running?.end.abort();
  const mine = { end: new AbortController(), inField };
  running = mine;
  const end = () => {
    mine.end.abort();
  };
  signal?.addEventListener("abort", end);
  try {
    const credential = await ask(mine.end.signal);
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    throw new PasskeyRefused(error instanceof DOMException ? (REASONS[error.name] ?? "failed") : "failed");
  } finally {
    signal?.removeEventListener("abort", end);
    if (running === mine) running = null;
  }
  throw new PasskeyRefused("cancelled");
}

function answer(request: string, credential: PublicKeyCredential, response: object): PasskeyAnswer {
  const { id, type, rawId, authenticatorAttachment: attachment } = credential;
  return {
    request,
    credential: {
      id,
      rawId: text(rawId),
      type,
      response,
      clientExtensionResults: {},
      ...(attachment ? { authenticatorAttachment: attachment } : {}),
    },
  };
}

function descriptor(given: PublicKeyCredentialDescriptorJSON) {
  return { ...given, id: bytes(given.id) };
}

/** base64url without padding (RFC 4648 §5), as WebAuthn writes bytes. */
function text(buffer: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytes(written: string): Uint8Array<ArrayBuffer> {
  const letters = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
