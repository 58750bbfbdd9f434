import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Result } from "~/api/types";
import { fakeServer } from "~/test/fakeServer";
import { show } from "~/test/show";
import { Answer } from "./Answer";

const resultIn = (categoryName: string): Result => ({
  items: [
    {
      label: "bottle",
      item: "glass-bottle",
      name: "병",
      material: "glass",
      said: false,
      confidence: 0.9,
      mixed: false,
      tags: [],
      disposal: {
        category: "glass",
        category_name: categoryName,
        steps: [],
        why: "",
        rule: { id: "glass-bottle", version: "1", source: "", date: "2026-11-20", verified: true },
      },
    },
  ],
  feedback: "",
  models: {},
  waste_type: "glass",
  confidence: 0.9,
});

it.each([
  ["유리병류", 0],
  ["Glass bottle recycling", 1],
])("says when it is in another language than the page: %s", async (categoryName, notes) => {
  fakeServer(() => ({ body: {} }));
  await show(<Answer jobId="1" result={resultIn(categoryName)} />, ["coach", "advice", "search", "words"]);
  expect(screen.queryAllByText("이 답변은 물어보실 때의 언어로 적혀 있어요.")).toHaveLength(notes);
});
