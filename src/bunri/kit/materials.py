"""Materials and tags of things, shared by all domains (contracts.md, "The analysis pipeline")."""

from enum import StrEnum


class Material(StrEnum):
    """What a thing is made of. ``pet`` is the clear bottle that Korea collects by itself; ``carton`` is 종이팩."""

    GLASS = "glass"
    METAL = "metal"
    PAPER = "paper"
    CARDBOARD = "cardboard"
    CARTON = "carton"
    PET = "pet"
    PLASTIC = "plastic"
    VINYL = "vinyl"
    STYROFOAM = "styrofoam"
    TEXTILE = "textile"
    FOOD = "food"
    WOOD = "wood"
    ELECTRONICS = "electronics"
    BATTERY = "battery"
    LAMP = "lamp"
    OTHER = "other"
    UNKNOWN = "unknown"


class Tag(StrEnum):
    """The state of a thing that a camera often cannot see; a person may add it and the advice changes."""

    FOOD_LEFT = "food_left"
    GREASY = "greasy"
    LABEL_ON = "label_on"
    CAP_ON = "cap_on"
    WET = "wet"
    BROKEN = "broken"
    TORN = "torn"
    MIXED = "mixed"
    GAS_LEFT = "gas_left"
    CHEMICAL_LEFT = "chemical_left"
    TAPE_ON = "tape_on"
    COATED = "coated"
    COLOURED = "coloured"
    SHARP = "sharp"
    LARGE = "large"
    BATTERY_INSIDE = "battery_inside"
    LEAKING = "leaking"
    CLEAN = "clean"
