interface Catalogues {
  bins: typeof import("./texts/ko.json");
}
