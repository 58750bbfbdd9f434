interface Catalogues {
  chat: typeof import("./texts/ko.json");
  moderation: typeof import("./moderation/texts/ko.json");
  notifications: typeof import("./notifications/texts/ko.json");
}
