interface Catalogues {
  about: typeof import("./about/texts/ko.json");
  history: typeof import("./history/texts/ko.json");
  me: typeof import("./texts/ko.json");
  settings: typeof import("./settings/texts/ko.json");
}
