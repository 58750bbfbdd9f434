import i18next, { type BackendModule, type CustomTypeOptions, type ResourceLanguage } from "i18next";
import { initReactI18next } from "react-i18next";
import { onPreferences, type Language } from "~/preferences/store";

export type Namespace = keyof CustomTypeOptions["resources"];

/** Every catalogue is a file of its own and comes with the page that speaks it. */
const catalogues = import.meta.glob<ResourceLanguage>("../locales/*/*.json", { import: "default" });

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace) => fetchCatalogue(language, namespace),
};

async function fetchCatalogue(language: string, namespace: string): Promise<ResourceLanguage> {
  const load = catalogues[`../locales/${language}/${namespace}.json`];
  if (!load) throw new Error(`no catalogue ${namespace} in ${language}`);
  return load();
}

/** The language of <html>, which index.html chose before the first paint. */
export function language(): Language {
  return document.documentElement.lang === "en" ? "en" : "ko";
}

export const i18n = i18next;

const ready = i18next
  .use(backend)
  .use(initReactI18next)
  .init({
    lng: language(),
    supportedLngs: ["ko", "en"],
    fallbackLng: "ko",
    load: "languageOnly",
    ns: ["shell"],
    defaultNS: "shell",
    interpolation: { escapeValue: false }, // React escapes
  });

onPreferences(() => {
  if (language() !== i18next.language) void i18next.changeLanguage(language());
});

/** Resolves when the shell and `namespaces` can speak. */
export async function catalogued(namespaces: readonly Namespace[] = []): Promise<void> {
  // Fetched at once, not one after the other: i18next finds the modules already there.
  const fetched = namespaces.map((namespace) => fetchCatalogue(language(), namespace));
  await ready;
  await Promise.all(fetched);
  await i18next.loadNamespaces(namespaces);
}
