import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Camera } from "./camera";
import { boundsOf, project, worldSize } from "./mercator";

const SEOUL = { lat: 37.5663, lng: 126.9779, zoom: 14 };
const SIZE = { width: 400, height: 300 };

let camera: Camera;
beforeEach(() => {
  vi.useFakeTimers();
  camera = new Camera(SEOUL);
  camera.resize(SIZE);
  vi.runAllTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Pixels from the middle at which a place is shown. */
function shownAt({ lat, lng }: { lat: number; lng: number }) {
  const [spot, middle] = [project({ lat, lng }), project(camera.view)];
  const world = worldSize(camera.view.zoom);
  return { x: (spot.x - middle.x) * world, y: (spot.y - middle.y) * world };
}

describe("zooming", () => {
  it("keeps what is under the pointer there", () => {
    const { north, east } = boundsOf(SEOUL, SIZE);
    camera.zoom(1, { x: 200, y: -150 });
    const { x, y } = shownAt({ lat: north, lng: east });
    expect([x, y]).toEqual([expect.closeTo(200, 3), expect.closeTo(-150, 3)]);
  });

  it("ends where the map ends", () => {
    camera.zoom(50);
    expect(camera.view.zoom).toBe(18);
    camera.zoom(-50);
    expect(camera.view.zoom).toBe(4);
  });
});

describe("coming to rest", () => {
  it("is told once, after the last move", () => {
    const heard = vi.fn();
    camera.onRest(heard);
    camera.pan(10, 0);
    camera.pan(10, 0);
    expect(heard).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(heard).toHaveBeenCalledOnce();
    expect(camera.rested).toBe(camera.view);
  });

  it("does not change from where the list counts after a visit to one bin", () => {
    const before = camera.settled;
    camera.jump({ ...SEOUL, zoom: 17 }, true);
    vi.runAllTimers();
    expect(camera.settled).toBe(before);
    camera.pan(10, 0);
    vi.runAllTimers();
    expect(camera.settled).toBe(camera.view);
  });
});

it("goes at once for those who ask for less motion", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  camera.glide({ ...SEOUL, zoom: 10 });
  expect(camera.view.zoom).toBe(10);
});

it("stands still as soon as its first size is known: what is there can be asked", () => {
  const fresh = new Camera(SEOUL);
  const rested = vi.fn();
  fresh.onRest(rested);
  fresh.resize(SIZE);
  expect(rested).toHaveBeenCalledOnce();
  vi.runAllTimers();
  expect(rested).toHaveBeenCalledOnce();
});

describe("fitted to some bounds", () => {
  const BOX = { south: 37.55, west: 126.95, north: 37.58, east: 127.0 };

  it("shows the same whether its size or the bounds were known first, and after a change of size", () => {
    const early = new Camera({ lat: 36, lng: 128, zoom: 5 });
    early.fit(BOX, 40, 16, true);
    early.resize({ width: 300, height: 300 });
    early.resize(SIZE);
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    camera.fit(BOX, 40, 16, true);
    expect(early.view).toEqual(camera.view);
    const { south, west, north, east } = boundsOf(camera.view, SIZE);
    expect([south < BOX.south, west < BOX.west, north > BOX.north, east > BOX.east]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(camera.view.zoom % 0.25).toBe(0);
  });

  it("stays where a person moved it when its size changes", () => {
    camera.fit(BOX, 40, 16);
    camera.pan(30, 0);
    const moved = camera.view;
    camera.resize({ width: 390, height: 300 });
    expect(camera.view).toEqual(moved);
  });

  it("ends its animation where the new size says", () => {
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    camera.fit(BOX, 40, 16, true);
    camera.resize({ width: 800, height: 600 });
    const { view } = camera;
    vi.runAllTimers();
    expect(camera.view).toEqual(view);
    expect(camera.rested).toEqual(view);
  });
});
