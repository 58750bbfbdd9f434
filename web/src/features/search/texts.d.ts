interface Catalogues {
  search: typeof import("./texts/ko.json");
}
