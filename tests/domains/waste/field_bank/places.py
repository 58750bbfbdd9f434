"""Photos of a place, made of directions: things of one material lie near each other."""

from uuid import UUID

import numpy as np

from bunri.domains.waste.field_bank.bank import ConfirmedPhoto
from bunri.domains.waste.field_bank.validation import Validation
from bunri.kit.materials import Material
from bunri.platform.vision.names.feature_axes import Floats

AXES = 32
CLASSES = (Material.GLASS, Material.PLASTIC, Material.METAL, Material.PAPER)
NETWORK = "names@test"


def features(kind: int, number: int, spread: float = 0.15) -> bytes:
    """A thing of the ``kind``-th sort, by a number that makes it another one."""
    centre = np.zeros(AXES)
    centre[kind] = 1
    around = np.random.default_rng(1000 * kind + number).normal(0, spread, AXES)
    direction = centre + around
    return bytes(np.round(direction / np.abs(direction).max() * 127).astype(np.int8).tobytes())


def says(material: Material, share: float = 0.7) -> dict[Material, float]:
    return {each: share if each is material else (1 - share) / (len(CLASSES) - 1) for each in CLASSES}


def photo(
    number: int,
    material: Material,
    *,
    kind: int | None = None,
    person: int = 0,
    said: Material | None = None,
    item: str | None = None,
) -> ConfirmedPhoto:
    """``said``: what both networks found likeliest; else the same."""
    place = CLASSES.index(material) if kind is None else kind
    opinion = says(said or material)
    return ConfirmedPhoto(UUID(int=number), bytes([person]), material, item, features(place, number), opinion, opinion)


def elsewhere(pictures: int = 40) -> Validation:
    """Pictures far from every photo of the place, about which the networks are right."""
    rights = np.array([[each == number % len(CLASSES) for each in range(len(CLASSES))] for number in range(pictures)])
    shares: Floats = np.where(rights, 0.7, 0.1).astype(np.float32)
    kinds = [features(AXES - 1 - number % 8, number) for number in range(pictures)]
    return Validation(NETWORK, kinds, CLASSES, shares, rights)
