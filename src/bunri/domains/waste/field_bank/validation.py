"""Pictures from elsewhere that a bank is held to: features, what the shipped networks say, and what is right.

They are the test sides of the sets that the networks were trained on (docs/model-card.md), which no training saw. Made
by ``training.field_bank``.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from bunri.domains.waste.field_bank.bank import KNOWN, Flags
from bunri.kit.materials import Material
from bunri.platform.vision.names.feature_axes import Floats

SHIPPED: Final = Path(__file__).with_name("validation.npz")
_STEPS: Final = 255
"""Probabilities are stored as bytes."""


@dataclass(frozen=True)
class Validation:
    """Immutable, so threads may share it."""

    network: str
    """Whose features they are: ``names@a1b2c3d4``."""
    features: list[bytes]
    materials: tuple[Material, ...]
    """The classes of the networks."""
    shares: Floats
    """n × materials: the mean of both networks."""
    rights: Flags
    """n × materials: what counts as right."""

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Raises OSError, KeyError or ValueError when the file holds none."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(
                str(stored["network"]),
                [row.tobytes() for row in stored["features"]],
                tuple(map(Material, stored["materials"].tolist())),
                stored["shares"].astype(np.float32) / _STEPS,
                stored["rights"].astype(np.bool_),
            )

    def save(self, path: Path) -> None:
        """With a byte for each number."""
        np.savez_compressed(
            path,
            network=self.network,
            features=np.stack([np.frombuffer(each, np.int8) for each in self.features]),
            materials=np.array(self.materials),
            shares=np.round(self.shares * _STEPS).astype(np.uint8),
            rights=self.rights,
        )

    def shares_of(self, row: int) -> dict[Material, float]:
        return dict(zip(self.materials, self.shares[row].tolist(), strict=True))

    @cached_property
    def _rights(self) -> NDArray[np.bool_]:
        """n × KNOWN. A clear bottle is plastic here."""
        found = np.zeros((len(self.features), len(KNOWN)), np.bool_)
        found[:, [KNOWN.index(each) for each in self.materials]] = self.rights
        found[:, KNOWN.index(Material.PET)] |= found[:, KNOWN.index(Material.PLASTIC)]
        return found

    def right(self, odds: Floats) -> Flags:
        """Of n × KNOWN: whether the likeliest is right."""
        return np.asarray(self._rights[np.arange(len(odds)), odds.argmax(axis=1)])
