interface Catalogues {
  learn: typeof import("./texts/ko.json");
  stats: typeof import("./stats/texts/ko.json");
  class: typeof import("./class/texts/ko.json");
  weekly: typeof import("./weekly/texts/ko.json");
  transfer: typeof import("./transfer/texts/ko.json");
  preferences: typeof import("./preferences/texts/ko.json");
  decks: typeof import("./decks/texts/ko.json");
}
