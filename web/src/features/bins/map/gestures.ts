import { useEffect, useRef, type RefObject } from "react";
import type { Camera } from "./camera";
import type { Spot } from "./mercator";

/** Pixels that a pointer may move in a tap; beyond, it is a drag. */
const STILL = 8;
/** Milliseconds in which a second tap makes a double tap. */
const DOUBLE_MS = 260;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [90, 0],
  ArrowRight: [-90, 0],
  ArrowUp: [0, 90],
  ArrowDown: [0, -90],
};
const CLOSER: Readonly<Record<string, number>> = { "+": 1, "=": 1, "-": -1, _: -1 };

/**
 * Moves `camera` by mouse, fingers, wheel and keys on `surface`. `onTap` is called with where the bare map was tapped, in
 * pixels from its middle.
 */
export function useGestures(
  surface: RefObject<HTMLElement | null>,
  camera: Camera,
  onTap: (at: Spot) => void,
): void {
  const tapped = useRef(onTap);
  useEffect(() => {
    tapped.current = onTap;
  });
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const end = new AbortController();
    const options = { signal: end.signal };
    const hands = new Hands(element, camera, (at) => {
      tapped.current(at);
    });
    element.addEventListener("pointerdown", hands.down, options);
    element.addEventListener("pointermove", hands.move, options);
    element.addEventListener("pointerup", hands.up, options);
    element.addEventListener("pointercancel", hands.up, options);
    element.addEventListener("click", hands.click, { ...options, capture: true });
    element.addEventListener("wheel", hands.wheel, { ...options, passive: false });
    element.addEventListener("keydown", hands.key, options);
    return () => {
      end.abort();
      hands.rest();
    };
  }, [surface, camera]);
}

/** The state of the gestures on one map. */
class Hands {
  private readonly fingers = new Map<number, Spot>();
  private start: Spot | null = null;
  private moved = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly element: HTMLElement,
    private readonly camera: Camera,
    private readonly onTap: (at: Spot) => void,
  ) {}

  down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    if (!this.fingers.size) {
      this.start = this.at(event);
      this.moved = false;
    }
    this.fingers.set(event.pointerId, this.at(event));
  };

  move = (event: PointerEvent) => {
    if (event.buttons === 0) this.fingers.delete(event.pointerId); // released outside the window
    const before = this.fingers.get(event.pointerId);
    if (!before || !this.start) return;
    const now = this.at(event);
    if (!this.moved && this.fingers.size === 1 && distance(now, this.start) < STILL) return;
    if (!this.moved) this.grab();
    this.moved = true;
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) this.pinch(before, now, other);
    else this.camera.pan(now.x - before.x, now.y - before.y);
  };

  up = (event: PointerEvent) => {
    this.fingers.delete(event.pointerId);
  };

  /** Clicks come after the pointer events: the one after a drag is ignored, and so is one on a button over the map. */
  click = (event: MouseEvent) => {
    if (this.moved && event.detail > 0) {
      event.stopPropagation();
      event.preventDefault();
    } else if (!(event.target instanceof Element && event.target.closest("button, a"))) {
      this.tap(this.at(event));
    }
    this.moved = false;
  };

  wheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // Browsers report a pinch on a touchpad as a wheel with ctrl, in small steps.
    const steps = (-event.deltaY * lines) / (event.ctrlKey ? 60 : 240);
    this.camera.zoom(Math.max(-1, Math.min(steps, 1)), this.at(event));
  };

  key = (event: KeyboardEvent) => {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const closer = CLOSER[event.key];
    if (arrow) this.camera.pan(...arrow);
    else if (closer) this.camera.zoom(closer, undefined, true);
    else if (event.key === "Enter") this.onTap({ x: 0, y: 0 });
    else return;
    event.preventDefault();
  };

  rest() {
    clearTimeout(this.waiting);
  }

  /** Captures the pointers for the rest of the gesture. Not at its start: clicks on markers would go to the map. */
  private grab() {
    for (const id of this.fingers.keys()) this.element.setPointerCapture(id);
  }

  private pinch(before: Spot, now: Spot, other: Spot) {
    const [was, is] = [distance(before, other), distance(now, other)];
    if (was > 0 && is > 0) {
      this.camera.zoom(Math.log2(is / was), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
    this.camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  private tap(at: Spot) {
    if (this.waiting) {
      clearTimeout(this.waiting);
      this.waiting = undefined;
      this.camera.zoom(1, at, true);
      return;
    }
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      this.onTap(at);
    }, DOUBLE_MS);
  }

  /** Pixels from the middle. */
  private at(event: MouseEvent): Spot {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  }
}

function distance(a: Spot, b: Spot): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
