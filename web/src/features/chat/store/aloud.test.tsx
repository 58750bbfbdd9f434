import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { accessToken, forgetSession } from "~/api/session";
import type { Message } from "~/api/types";
import { aMessage } from "~/test/chat";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Announcer } from "~/ui/announce";
import { readsAloud, tellOfMention } from "./aloud";

const tokens = {
  access_token: "a",
  refresh_token: "r",
  expires_in: 3600,
  user: { id: "guest_1", username: "Mina", kind: "guest" },
};

const said = (words: string) =>
  waitFor(() => {
    expect(screen.getByRole("status")).toHaveTextContent(words);
  });
const tell = (seq: number, more: Partial<Message>) => {
  tellOfMention(aMessage(seq, { mentions: ["guest_1"], ...more }));
};

beforeEach(async () => {
  forgetSession();
  fakeServer(() => ({ body: tokens }));
  await accessToken();
  await show(<Announcer />, ["chat"]);
});

it("says who mentions one, and what they say, without its signs", async () => {
  tell(1, { content: "**@Mina** 봐요" });
  await said("Junho 님이 나를 불렀어요: @Mina 봐요");
});

it("leaves what is read aloud in its room, what one says oneself, and what is said to others", async () => {
  const end = readsAloud("room-1");
  tell(1, { content: "하나", room: "room-2" });
  tell(2, { content: "둘" });
  tell(3, { content: "셋", sender: "guest_1", room: "room-2" });
  tell(4, { content: "넷", mentions: ["guest_3"], room: "room-2" });
  await said("하나");
  end();
  tell(5, { content: "다섯" });
  await said("다섯");
});
