import { binKindValues } from "~/api/generated/schema";
import type { BinKind, Material } from "~/api/types";
import { coloursOf } from "~/design/materials";

/** In the order of the contract: filters do not change places while the map is moved. */
export const KINDS: readonly BinKind[] = binKindValues;

/** The material whose colours a kind has; other kinds have the name of a material. */
const WORN: Partial<Record<BinKind, Material>> = {
  recycling: "plastic",
  clothes: "textile",
  medicine: "vinyl",
  street: "other",
};

export function coloursOfKind(kind: BinKind) {
  return coloursOf(WORN[kind] ?? (kind as Material));
}
