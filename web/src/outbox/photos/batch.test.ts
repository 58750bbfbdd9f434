import { renderHook, act } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { startBatch, useBatch } from "./batch";
import { addToQueue, clearQueue, removeAnswered, removeFromQueue, queuedPhoto, updateShown } from "./list";
import type { StoredPhoto } from "./store";

URL.createObjectURL = () => "blob:photo";
URL.revokeObjectURL = () => undefined;
let made = 0;

function add(): string {
  const photo: StoredPhoto = {
    id: `photo-${made++}`,
    photo: new Blob(),
    takenAt: made,
    region: null,
    attempt: 1,
    jobId: null,
    earlier: [],
    handedOver: false,
    failure: null,
  };
  addToQueue(photo);
  return photo.id;
}

const placeOf = (job: string) => renderHook(() => useBatch(job)).result;

beforeEach(() => {
  clearQueue();
});

it("tells where each photo stands, whose answer comes next, and remembers those that are answered", () => {
  const [first, second, third] = [add(), add(), add()];
  startBatch([first, second, third]);
  const place = placeOf("job-1");
  expect(place.current).toBeNull();
  act(() => {
    updateShown(first, { jobId: "job-1" });
  });
  expect(place.current).toEqual({ number: 1, count: 3, previous: undefined, next: null });
  act(() => {
    updateShown(second, { jobId: "job-2" });
  });
  expect(place.current).toMatchObject({ number: 1, next: "job-2" });
  act(() => {
    const photo = queuedPhoto(first);
    if (photo) removeAnswered(photo, "job-1");
  });
  expect(placeOf("job-2").current).toEqual({ number: 2, count: 3, previous: "job-1", next: null });
  expect(sessionStorage.getItem("bunri.batch")).toContain("job-1");
});

it("leads to the later job of a photo that was tried again, and finds it by both", () => {
  const [first, second] = [add(), add()];
  startBatch([first, second]);
  updateShown(first, { jobId: "a" });
  updateShown(second, { jobId: "b" });
  updateShown(second, { jobId: "c" });
  expect(placeOf("a").current?.next).toBe("c");
  expect(placeOf("b").current?.number).toBe(2);
});

it("counts no photo that was removed, and nothing for one alone", () => {
  const [first, second] = [add(), add()];
  startBatch([first, second]);
  updateShown(first, { jobId: "d" });
  removeFromQueue(second);
  expect(placeOf("d").current).toBeNull();
});
