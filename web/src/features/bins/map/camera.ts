import { between, LEAST_ZOOM, MOST_ZOOM, project, unproject, viewOf, worldSize } from "./mercator";
import type { Bounds, Size, Spot, View } from "./mercator";

const GLIDE_MS = 420;
/** After so many milliseconds without a move the map stands still, and is asked for anew. */
const REST_MS = 180;

/**
 * The view of the map. It changes with every frame of a gesture, so it is kept outside React: drawing follows `onMove`,
 * requests follow `onRest`.
 */
export class Camera {
  private readonly moving = new Set<() => void>();
  private readonly resting = new Set<() => void>();
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private resized = false;
  private visiting = false;
  /** The view that shows all of what the map was last fitted to, at its present size; null once it moved elsewhere. */
  private fitted: (() => View) | null = null;
  /** The last view in which it stood still. */
  rested: View;
  /** The same, except for moves to a chosen bin: those do not change which bins are near. */
  settled: View;
  size: Size = { width: 0, height: 0 };

  constructor(public view: View) {
    this.rested = view;
    this.settled = view;
  }

  onMove = (listener: () => void): (() => void) => {
    this.moving.add(listener);
    return () => this.moving.delete(listener);
  };

  onRest = (listener: () => void): (() => void) => {
    this.resting.add(listener);
    return () => this.resting.delete(listener);
  };

  /** Goes there at once. */
  jump(view: View, visiting = false): void {
    cancelAnimationFrame(this.frame);
    this.visiting = visiting;
    this.fitted = null;
    this.show(view);
  }

  /**
   * Shows all of `bounds`, `margin` pixels from the edges, with a zoom of at most `closest`; again whenever the size of the map
   * changes, until it moves elsewhere. So the view depends on `bounds` and the size alone, not on which was known first.
   */
  fit(bounds: Bounds, margin: number, closest: number, gently = false): void {
    const view = () => steady(viewOf(bounds, this.size, margin, closest));
    if (this.size.width > 0) {
      if (gently) this.glide(view());
      else this.jump(view());
    }
    this.fitted = view;
  }

  /** Moves there with an animation, or at once for those who ask for less motion. */
  glide(view: View, visiting = false): void {
    if (this.size.width === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.jump(view, visiting);
      return;
    }
    cancelAnimationFrame(this.frame);
    this.visiting = visiting;
    this.fitted = null;
    const from = this.view;
    const start = performance.now();
    const step = (now: number) => {
      const share = Math.min((now - start) / GLIDE_MS, 1);
      this.show(share < 1 ? mixed(from, view, ease(Math.max(share, 0))) : view);
      if (share < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  /** Moves the map by so many pixels. */
  pan(dx: number, dy: number): void {
    const { x, y } = project(this.view);
    const world = worldSize(this.view.zoom);
    this.jump({ ...unproject({ x: x - dx / world, y: y - dy / world }), zoom: this.view.zoom });
  }

  /** Zooms in by `steps` around the point `at` (pixels from the middle). */
  zoom(steps: number, at: Spot = { x: 0, y: 0 }, gently = false): void {
    const zoom = between(LEAST_ZOOM, this.view.zoom + steps, MOST_ZOOM);
    const { x, y } = project(this.view);
    const [before, after] = [worldSize(this.view.zoom), worldSize(zoom)];
    const middle = { x: x + at.x / before - at.x / after, y: y + at.y / before - at.y / after };
    const view = { ...unproject(middle), zoom };
    if (gently) this.glide(view);
    else this.jump(view);
  }

  resize(size: Size): void {
    if (size.width === this.size.width && size.height === this.size.height) return;
    const first = this.size.width === 0;
    this.size = size;
    this.resized = true;
    if (this.fitted) cancelAnimationFrame(this.frame);
    this.show(this.fitted?.() ?? this.view);
    if (first) this.rest();
  }

  /** Stands still at once: a move by code needs no wait. */
  rest(): void {
    clearTimeout(this.timer);
    if (this.view === this.rested && !this.resized) return;
    this.rested = this.view;
    if (!this.visiting) this.settled = this.view;
    this.resized = false;
    for (const listener of this.resting) listener();
  }

  /** Stops animation and timers. */
  stop(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }

  private show({ lat, lng, zoom }: View) {
    this.view = {
      lat: between(-85, lat, 85),
      lng: between(-180, lng, 180),
      zoom: between(LEAST_ZOOM, zoom, MOST_ZOOM),
    };
    for (const listener of this.moving) listener();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.rest();
    }, REST_MS);
  }
}

/** Quarters of a zoom: bins a few metres further away do not change the scale. */
function steady(view: View): View {
  return { ...view, zoom: Math.floor(view.zoom * 4) / 4 };
}

/** Along the way from one view to another: straight on the map, evenly in the zoom. */
function mixed(from: View, to: View, share: number): View {
  const [a, b] = [project(from), project(to)];
  const mix = (one: number, other: number) => one + (other - one) * share;
  return { ...unproject({ x: mix(a.x, b.x), y: mix(a.y, b.y) }), zoom: mix(from.zoom, to.zoom) };
}

function ease(share: number): number {
  return 1 - (1 - share) ** 3;
}
