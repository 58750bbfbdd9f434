import type { Material } from "~/api/types";

/** The four colours of a material as CSS values (materials.css says what each is for). */
export function coloursOf(material: Material) {
  return {
    mark: `var(--${material})`,
    on: `var(--${material}-on)`,
    tint: `var(--${material}-tint)`,
    ink: `var(--${material}-ink)`,
  };
}

/** Categories of the rule table that are no material themselves, and whose colour they wear. */
const WORN: Readonly<Record<string, Material>> = {
  clear_pet: "pet",
  can: "metal",
  scrap_metal: "metal",
  deposit: "glass",
  small_electronics: "electronics",
  large_electronics: "electronics",
  medicine: "battery",
  hazardous: "battery",
  used_oil: "food",
};

const MATERIALS: ReadonlySet<string> = new Set<Material>([
  "glass",
  "metal",
  "paper",
  "cardboard",
  "carton",
  "pet",
  "plastic",
  "vinyl",
  "styrofoam",
  "textile",
  "food",
  "wood",
  "electronics",
  "battery",
  "lamp",
]);

/** The material whose colour and icon a category (`clear_pet`, `general` …) of the rule table wears. */
export function materialOfCategory(slug: string): Material {
  return MATERIALS.has(slug) ? (slug as Material) : (WORN[slug] ?? "other");
}
