from bunri.kit.materials import Material

MATERIALS = (
    Material.GLASS,
    Material.METAL,
    Material.PAPER,
    Material.CARDBOARD,
    Material.CARTON,
    Material.PLASTIC,
    Material.TEXTILE,
    Material.FOOD,
    Material.ELECTRONICS,
    Material.OTHER,
)


class MaterialClassifier: ...
