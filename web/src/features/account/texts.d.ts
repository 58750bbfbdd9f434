interface Catalogues {
  account: typeof import("./texts/ko.json");
}
