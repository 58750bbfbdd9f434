import { followProfile } from "~/api/profile";
import { page, type Feature } from "../feature";

/** An account for who wants one, and the ways to be the same person on another device. */
export const account: Feature = {
  name: "account",
  pages: [
    page("/account", ["account"], () => import("./AccountPage")),
    page("/account/register", ["account"], () => import("./RegisterPage")),
    page("/account/sign-in", ["account"], () => import("./signIn/SignInPage")),
    page("/account/signed-in", ["account"], () => import("./signIn/SignedInPage")),
    page("/account/passkey", ["account"], () => import("./passkeys/NewAccountPage")),
    page("/account/security", ["account"], () => import("./security/SecurityPage")),
    page("/account/forgot", ["account"], () => import("./ForgotPage")),
    page("/account/confirm", ["account"], () => import("./links/ConfirmPage")),
    page("/account/reset", ["account"], () => import("./links/ResetPage")),
    page("/account/confirm-email", ["account"], () => import("./links/ConfirmEmailPage")),
    page("/account/undo-email", ["account"], () => import("./links/UndoEmailPage")),
    page("/account/device", ["account"], () => import("./recovery/DevicePage")),
    page("/account/recover", ["account"], () => import("./recovery/RecoverPage")),
    page("/account/profile", ["account"], () => import("./profile/ProfilePage")),
    page("/account/export", ["account"], () => import("./export/ExportPage")),
    page("/account/leave", ["account"], () => import("./leaving/LeavePage")),
    page("/account/unsubscribe", ["account"], () => import("./mails/UnsubscribePage")),
  ],
  catalogues: { account: import.meta.glob("./texts/*.json", { import: "default" }) },
  start: followProfile,
};
