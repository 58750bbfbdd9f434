import "i18next";

// Keys are typed after the Korean catalogues; `npm run check` compares the English ones.
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shell";
    enableSelector: false;
    resources: { [Namespace in keyof Catalogues]: Catalogues[Namespace] };
  }
}

declare global {
  /** What all features say. A feature adds its own in its `texts.d.ts`. */
  interface Catalogues {
    names: typeof import("../locales/ko/names.json");
    shell: typeof import("../locales/ko/shell.json");
    words: typeof import("../locales/ko/words.json");
  }
}
