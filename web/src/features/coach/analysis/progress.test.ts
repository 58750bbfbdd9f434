import { expect, it } from "vitest";
import { stageValues } from "~/api/generated/schema";
import { progressOf, STEPS, stepOf } from "./progress";

const at = (stage: (typeof stageValues)[number], progress: number) =>
  ({ job_id: "1", status: "seeing", message: "", stage, progress }) as const;

it("knows a step for every stage, and never goes back", () => {
  const steps = stageValues.map((stage) => stepOf(at(stage, 0)));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(Math.max(...steps)).toBe(STEPS.length);
});

it("counts the upload as the first tenth", () => {
  expect(progressOf(undefined, { uploaded: 0.5 })).toBe(5);
  expect(progressOf(at("vision", 50), { uploaded: 1 })).toBe(50);
  expect(progressOf(at("failed", -1), undefined)).toBe(0);
});
