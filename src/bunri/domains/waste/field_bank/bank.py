"""The nearest confirmed photos of a picture, and what they say of its material. Pure.

A neighbour weighs ``exp(slope × (similarity − 1))``, and "nothing" as much as one at the similarity ``reach``: a
picture that is far from all is told nothing. The neighbours of one person weigh at most as much as those of all others
and "nothing" together, however many they are: who is alone gets no more than half of the shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from bunri.kit.materials import Material
from bunri.platform.vision.names.feature_axes import Floats, directions

KNOWN: Final = tuple(material for material in Material if material is not Material.UNKNOWN)
"""The materials that people name, in the order of all columns here."""
NEAREST: Final = 8
"""Neighbours that are heard."""
MOST_PHOTOS: Final = 3000
"""In a bank; the newest. Each takes a kilobyte and a half of a process."""
MOST_OF_ONE: Final = 300
"""Of one person; the newest."""
_BLOCK: Final = 256
"""Photos whose neighbours are sought at a time: all at once would take 200 MB."""
_FAR: Final = -2.0
"""As no two pictures are: of what is left out."""
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ConfirmedPhoto:
    """A photo of one thing, and what a person said that it is."""

    photo: UUID
    person: bytes
    material: Material
    item: str | None
    features: bytes
    """Of the whole picture (``feature_axes``)."""
    first: dict[Material, float] = field(default_factory=dict)
    """What the material model said of it."""
    second: dict[Material, float] = field(default_factory=dict)
    """What the second opinion said; empty where there was none."""


class Kernel(NamedTuple):
    """How fast neighbours lose weight with their distance, and the similarity from which on one outweighs nothing."""

    slope: float
    reach: float

    @property
    def nothing(self) -> float:
        """The weight of "nothing"."""
        return float(np.exp(self.slope * (self.reach - 1)))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest photos of q pictures, all q × n: how near, which of the bank, their materials and people."""

    similarities: Floats
    rows: Integers
    materials: Integers
    """Indices of KNOWN."""
    people: Integers

    def weights(self, kernel: Kernel) -> Floats:
        """What each neighbour weighs, q × n."""
        weights = np.where(self.similarities > _FAR, np.exp(kernel.slope * (self.similarities - 1)), 0)
        same = self.people[:, :, None] == self.people[:, None, :]
        own = (same * weights[:, None, :]).sum(axis=2)
        others = weights.sum(axis=1, keepdims=True) - own
        bound = (np.maximum(others, 0) + kernel.nothing) / np.maximum(own, 1e-30)
        return np.asarray(weights * np.minimum(1, bound), np.float32)

    def shares(self, kernel: Kernel) -> Floats:
        """Of each of KNOWN, q × KNOWN; rows add up to 1. "Nothing" is spread evenly."""
        weights = self.weights(kernel)
        each = np.zeros((len(weights), len(KNOWN)), np.float32)
        np.add.at(each, (np.arange(len(weights))[:, None], self.materials), weights)
        total = each.sum(axis=1, keepdims=True) + kernel.nothing
        return np.asarray((each + kernel.nothing / len(KNOWN)) / total, np.float32)

    def by_two(self, kernel: Kernel) -> Flags:
        """Of which of KNOWN neighbours by two people or more are near enough to outweigh nothing, q × KNOWN."""
        near = self.similarities >= kernel.reach
        found = np.zeros((len(near), len(KNOWN)), np.bool_)
        for material in range(len(KNOWN)):
            shown = near & (self.materials == material)
            last = np.where(shown, self.people, -1).max(axis=1)
            found[:, material] = (shown & (self.people != last[:, None])).any(axis=1)
        return found


class FieldBank:
    """Immutable, so threads may share it."""

    def __init__(self, photos: Sequence[ConfirmedPhoto]) -> None:
        """``photos``: newest first. Raises ValueError when there are none, or of networks of different sizes."""
        self.photos = _bounded(photos)
        self._directions = directions([each.features for each in self.photos])
        people = {person: number for number, person in enumerate(dict.fromkeys(each.person for each in self.photos))}
        self.people = np.array([people[each.person] for each in self.photos], np.int64)
        self.materials = np.array([KNOWN.index(each.material) for each in self.photos], np.int64)

    @property
    def taught(self) -> frozenset[Material]:
        return frozenset(each.material for each in self.photos)

    def neighbours(self, features: Sequence[bytes]) -> Neighbours:
        """Of pictures of the same network. Raises ValueError for those of another size."""
        return self._nearest(directions(list(features)) @ self._directions.T)

    def left_out(self, *, with_material: bool = False) -> Neighbours:
        """Of each photo of the bank among the others; with ``with_material`` among those of other materials, as if
        nobody had ever taught what it is."""
        numbers = {photo: number for number, photo in enumerate(dict.fromkeys(each.photo for each in self.photos))}
        photos = np.array([numbers[each.photo] for each in self.photos], np.int64)
        found = []
        for start in range(0, len(photos), _BLOCK):
            block = slice(start, start + _BLOCK)
            similarities = self._directions[block] @ self._directions.T
            similarities[photos[block, None] == photos[None]] = _FAR
            if with_material:
                similarities[self.materials[block, None] == self.materials[None]] = _FAR
            found.append(self._nearest(similarities))
        return Neighbours(*(np.concatenate(parts) for parts in zip(*map(_parts, found), strict=True)))

    def _nearest(self, similarities: Floats) -> Neighbours:
        many = min(NEAREST, similarities.shape[1])
        rows = np.argpartition(-similarities, many - 1, axis=1)[:, :many]
        near = np.take_along_axis(similarities, rows, axis=1)
        return Neighbours(near, rows, self.materials[rows], self.people[rows])


def _parts(found: Neighbours) -> tuple[Floats, Integers, Integers, Integers]:
    return found.similarities, found.rows, found.materials, found.people


def _bounded(photos: Sequence[ConfirmedPhoto]) -> tuple[ConfirmedPhoto, ...]:
    """The newest of each person, and the newest of all."""
    count: dict[bytes, int] = {}
    chosen = []
    for each in photos:
        count[each.person] = count.get(each.person, 0) + 1
        if count[each.person] <= MOST_OF_ONE and each.material in KNOWN:
            chosen.append(each)
    return tuple(chosen[:MOST_PHOTOS])
