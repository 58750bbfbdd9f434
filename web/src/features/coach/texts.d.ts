interface Catalogues {
  coach: typeof import("./texts/ko.json");
}
