interface Catalogues {
  advice: typeof import("./texts/ko.json");
}
