// Writes src/features/bins/map/districts.json, the names of districts on the schematic map, from the list by which the platform
// finds places: node scripts/districts.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeIfChanged } from "./files.mjs";

const list = new URL("../../src/bunri/domains/locations/data/districts.toml", import.meta.url);

/** A district as the list writes it: `["강남구", "Gangnam-gu", 37.515, 127.050],` */
const DISTRICT = /^ {2}\["(.+)", "(.+)", (\d+\.\d+), (\d+\.\d+)\],$/;

/** On a map the district of a city is called by its own name. */
const lastWord = (name) => name.split(" ").at(-1);

const rows = readFileSync(list, "utf-8")
  .split("\n")
  .map((line) => DISTRICT.exec(line))
  .filter(Boolean)
  .map(([, ko, en, lat, lng]) => ({ ko: lastWord(ko), en: lastWord(en), lat: Number(lat), lng: Number(lng) }))
  .map((district) => JSON.stringify(district, null, 1).replace(/\n */g, " "));

const text = `[
  ${rows.join(",\n  ")}
]
`;
writeIfChanged(fileURLToPath(new URL("../src/features/bins/map/districts.json", import.meta.url)), text);
