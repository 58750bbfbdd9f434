import "./design/tokens.css";
import "./design/materials.css";
import "./design/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { makeQueryClient } from "./api/query";
import { moveOldSession, onSessionLost } from "./api/session";
import { App } from "./app/App";
import { watchForUpdates } from "./app/updates";
import { features } from "./features";
import { preloadPage } from "./features/feature";
import { i18n, loadCatalogues } from "./i18n";
import { localPath, withNext } from "./ui/comeBack";
import { toast } from "./ui/toast";

/** Milliseconds after which an empty screen is felt as waiting. */
const BLANK_MS = 250;

/** Leads to signing in and back. The page is loaded for it, since this is outside of React; photos on their way are stored. */
const signInAgain = () => ({
  label: i18n.t("session.signIn"),
  run: () => {
    const { pathname, search } = window.location;
    window.location.assign(withNext("/account/sign-in", localPath(pathname + search)));
  },
});

const client = makeQueryClient();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The server words its answers in the language of the request.
i18n.on("languageChanged", () => void client.invalidateQueries());
onSessionLost((before) => {
  client.clear();
  if (before === "guest") toast({ text: i18n.t("session.lost") });
  else toast({ text: i18n.t("session.ended"), action: signInAgain(), lasting: true });
});

void moveOldSession();
for (const { start } of features) start?.();

// The page comes beside the shell and both are drawn as one; whoever waits long for it sees the shell first.
const page = preloadPage(features, window.location.pathname);
await Promise.all([
  loadCatalogues(),
  Promise.race([page, new Promise((resolve) => setTimeout(resolve, BLANK_MS))]),
]);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <App features={features} />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
watchForUpdates();
// The index of our letters is long and nothing waits for it: until they come, the device's own stand in.
import("./design/fonts.css").catch(() => undefined);
