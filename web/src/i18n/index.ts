import i18next, { type BackendModule, type CustomTypeOptions, type ResourceLanguage } from "i18next";
import { initReactI18next } from "react-i18next";
import { onPreferences, type Language } from "~/preferences/store";

export type Namespace = keyof CustomTypeOptions["resources"];

/** How the files of one catalogue are fetched, by path, as `import.meta.glob("./texts/*.json")` gives them. */
export type CatalogueFiles = Readonly<Record<string, () => Promise<unknown>>>;

/** Every catalogue is a file of its own and is fetched with the page that uses it. Keyed by `language/namespace`. */
const loaders = new Map<string, () => Promise<unknown>>();

for (const [path, load] of Object.entries(import.meta.glob("../locales/*/*.json", { import: "default" }))) {
  const [namespace = "", language = ""] = path.replace(".json", "").split("/").reverse();
  loaders.set(`${language}/${namespace}`, load);
}

/** Makes the catalogue of a feature known; its files are named after their language. */
export function addCatalogue(namespace: Namespace, files: CatalogueFiles): void {
  for (const [path, load] of Object.entries(files)) {
    const language = path.split("/").at(-1)?.replace(".json", "") ?? "";
    loaders.set(`${language}/${namespace}`, load);
  }
}

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace) => fetchCatalogue(language, namespace),
};

async function fetchCatalogue(language: string, namespace: string): Promise<ResourceLanguage> {
  const load = loaders.get(`${language}/${namespace}`);
  if (!load) throw new Error(`no catalogue ${namespace} in ${language}`);
  return (await load()) as ResourceLanguage;
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

/** Resolves when the texts of the shell and of `namespaces` are there. */
export async function loadCatalogues(namespaces: readonly Namespace[] = []): Promise<void> {
  // Fetched at once, not one after the other: i18next finds the modules already there.
  const fetched = namespaces.map((namespace) => fetchCatalogue(language(), namespace));
  await ready;
  await Promise.all(fetched);
  await i18next.loadNamespaces(namespaces);
}
