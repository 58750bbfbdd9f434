import "./design/tokens.css";
import "./design/materials.css";
import "./design/base.css";
import { ThemeProvider } from "@mui/material/styles";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { makeQueryClient } from "./api/query";
import { onSessionLost } from "./api/session";
import { App } from "./app/App";
import { reloadWhenReplaced, watchForUpdates } from "./app/updates";
import { theme } from "./design/theme";
import { catalogued, i18n } from "./i18n";
import { toast } from "./ui/toast";

reloadWhenReplaced();
const client = makeQueryClient();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The same questions have other answers in another language.
i18n.on("languageChanged", () => void client.invalidateQueries());
onSessionLost(() => {
  client.clear();
  toast({ text: i18n.t("session.lost") });
});

await catalogued();
createRoot(root).render(
  <StrictMode>
    <ThemeProvider theme={theme}>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </ThemeProvider>
  </StrictMode>,
);
watchForUpdates();
// The index of our letters is long and nothing waits for it: until they come, the device's own stand in.
void import("./design/fonts.css");
