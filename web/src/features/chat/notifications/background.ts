/** What a tab does, whatever page it shows, on a device that is told of new messages. */
import { onSessionEnded, signedIn } from "~/api/session";
import { renew, turnOff } from "./push";

let started = false;

export function start(): void {
  if (started) return;
  started = true;
  void renew().catch(() => undefined);
  // Somebody else signed in: the device is theirs. Who signs out is told of nothing more here.
  onSessionEnded(() => void (signedIn() ? renew() : turnOff()).catch(() => undefined));
  // A notice was pressed, and this tab is to show its page (sw/notices.ts).
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<Pressed | null>) => {
    if (data?.type === "OPEN" && data.path && /^\/(?!\/)/.test(data.path)) location.assign(data.path);
  });
}

type Pressed = Readonly<{ type?: string; path?: string }>;
