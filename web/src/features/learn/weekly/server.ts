/** What the pages of the weekly test ask of the server. */
import { api, data } from "~/api/client";
import type { WeeklyTest, WeeklyTestBrief, WeeklyTestQuestion } from "~/api/types";

const at = (test_id: string) => ({ params: { path: { test_id } } });

/** The newest first. */
export function listTests(): Promise<WeeklyTestBrief[]> {
  return data(api.GET("/api/v1/learning/tests", { params: { query: { limit: 12 } } }));
}

/** This week's test; the same one again where there is one. */
export function makeTest(): Promise<WeeklyTest> {
  return data(api.POST("/api/v1/learning/tests"));
}

export function getTest(id: string): Promise<WeeklyTest> {
  return data(api.GET("/api/v1/learning/tests/{test_id}", at(id)));
}

/** The first answer stays: sent once more, it gives back what became of it. */
export function answerQuestion(id: string, position: number, answer: string): Promise<WeeklyTestQuestion> {
  return data(
    api.POST("/api/v1/learning/tests/{test_id}/answers", { ...at(id), body: { position, answer } }),
  );
}

/** With `repeat` the cards of what was wrong come back today. */
export function completeTest(id: string, repeat: boolean): Promise<WeeklyTest> {
  return data(
    api.POST("/api/v1/learning/tests/{test_id}/complete", { ...at(id), body: { repeat_wrong: repeat } }),
  );
}
