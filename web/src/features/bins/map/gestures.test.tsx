import { fireEvent, render, screen } from "@testing-library/react";
import { useRef, useState } from "react";
import { beforeEach, expect, it } from "vitest";
import { Camera } from "./camera";
import { useGestures } from "./gestures";

const SEOUL = { lat: 37.5663, lng: 126.9779, zoom: 14 };
let camera: Camera;

function Surface() {
  const surface = useRef<HTMLDivElement>(null);
  const [looking] = useState(() => camera);
  useGestures(surface, looking, () => undefined);
  return <div ref={surface} data-testid="map" />;
}

beforeEach(() => {
  camera = new Camera(SEOUL);
  Element.prototype.setPointerCapture = () => undefined;
  render(<Surface />);
});

const mouse = (clientX: number, buttons: number) => ({
  pointerId: 1,
  pointerType: "mouse",
  clientX,
  clientY: 0,
  buttons,
});

it("moves with a pressed mouse", () => {
  const map = screen.getByTestId("map");
  fireEvent.pointerDown(map, mouse(0, 1));
  fireEvent.pointerMove(map, mouse(100, 1));
  expect(camera.view.lng).toBeLessThan(SEOUL.lng);
});

it("stays where it is when the mouse was let go outside, and hangs on it no longer", () => {
  const map = screen.getByTestId("map");
  fireEvent.pointerDown(map, mouse(0, 1));
  fireEvent.pointerMove(map, mouse(100, 0));
  fireEvent.pointerMove(map, mouse(200, 1)); // pressed elsewhere and dragged over the map
  expect(camera.view).toEqual(SEOUL);
});
