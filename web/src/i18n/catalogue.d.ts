import "i18next";

// Keys are typed after the Korean catalogue: one line a file of locales/ko. `npm run check` compares the English one.
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shell";
    enableSelector: false;
    resources: {
      about: typeof import("../locales/ko/about.json");
      bins: typeof import("../locales/ko/bins.json");
      coach: typeof import("../locales/ko/coach.json");
      history: typeof import("../locales/ko/history.json");
      names: typeof import("../locales/ko/names.json");
      search: typeof import("../locales/ko/search.json");
      settings: typeof import("../locales/ko/settings.json");
      shell: typeof import("../locales/ko/shell.json");
      words: typeof import("../locales/ko/words.json");
    };
  }
}
