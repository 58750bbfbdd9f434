import { api, data } from "~/api/client";
import type { PasskeyAnswer } from "~/api/types";
import { makePasskey, showPasskey } from "./webauthn";

/** A passkey that the device has made for who is signed in. Throws Problem, PasskeyRefused. */
export async function newPasskey(): Promise<PasskeyAnswer> {
  return makePasskey(await data(api.POST("/api/v1/auth/passkeys/registration/options")));
}

/** A passkey that the person has shown, whosever it is. Throws Problem, PasskeyRefused. */
export async function shownPasskey(showing?: Parameters<typeof showPasskey>[1]): Promise<PasskeyAnswer> {
  return showPasskey(await data(api.POST("/api/v1/auth/passkeys/authentication/options")), showing);
}
