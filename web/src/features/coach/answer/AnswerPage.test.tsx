import { screen } from "@testing-library/react";
import { Route, Routes, useLocation } from "react-router";
import { beforeEach, expect, it, vi } from "vitest";
import { show } from "~/test/show";
import AnswerPage from "./AnswerPage";

const { photos, watched } = vi.hoisted(() => ({
  photos: [] as object[],
  watched: { status: undefined as object | undefined },
}));
vi.mock("~/outbox/photos/list", async (original) => ({
  ...(await original<object>()),
  useQueue: () => photos,
}));
vi.mock("../analysis/useJob", () => ({
  useJob: () => ({ status: watched.status, problem: null, error: null }),
}));

const Place = () => <p>at {useLocation().pathname}</p>;

function shown() {
  return show(
    <>
      <Place />
      <Routes>
        <Route path="/answers/:jobId" element={<AnswerPage />} />
      </Routes>
    </>,
    ["coach", "words"],
    "/answers/old",
  );
}

const photo = { id: "1", jobId: "old", earlier: [], phase: "sending", uploaded: 0, failure: null };

beforeEach(() => {
  photos.length = 0;
  watched.status = {
    job_id: "old",
    status: "failed",
    progress: -1,
    stage: "failed",
    message: "늦었어요",
    code: "upload_never_came",
  };
});

it("goes on to the job that a photo became after its first one ran out", async () => {
  photos.push({ ...photo, jobId: "new", earlier: ["old"] });
  await shown();
  expect(screen.getByText("at /answers/new")).toBeVisible();
});

it("takes no job's end for the photo's while that is on its way", async () => {
  photos.push(photo);
  await shown();
  expect(screen.getByText("at /answers/old")).toBeVisible();
  expect(screen.getByRole("progressbar")).toBeVisible();
  expect(screen.queryByText("늦었어요")).toBeNull();
});
