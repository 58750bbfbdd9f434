"""How far neighbours are to be believed: found on the confirmed photos themselves, each left out in turn. Pure.

Of a grid of kernels, that one is taken by which the confirmed materials are likeliest by networks and neighbours
together, among those that make no more errors on pictures from elsewhere (``validation``) than the networks alone do:
there nothing was taught, so nothing should change. The threshold is the lowest from which on at least PROMISED of the
answers are right, by the rule of succession. To it counts, too, what would be said if nobody had taught the material:
a place where only glass was confirmed would else call everything glass.
"""

from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.waste.field_bank.bank import KNOWN, FieldBank, Flags, Integers, Kernel, Neighbours
from bunri.domains.waste.field_bank.validation import Validation
from bunri.domains.waste.fusion.evidence import AGREED, Shares, mean
from bunri.domains.waste.fusion.field import FIELD_RELIABILITY, looks_like, prior
from bunri.kit.materials import Material
from bunri.platform.vision.names.feature_axes import Floats

LEAST_PHOTOS: Final = 20
"""Before there are so many, nothing is said."""
LEAST_OF_A_MATERIAL: Final = 3
"""Photos that a material needs to count among those taught, of which there have to be two."""
PROMISED: Final = 0.95
"""Share of the answers without a question that are to be right."""
UNTAUGHT: Final = 0.25
"""How often a thing is of a material that nobody has taught here, for each that is of a taught one: an estimate."""
SLOPES: Final = (5.0, 10.0, 20.0, 30.0, 40.0)
REACHES: Final = (0.2, 0.35, 0.5, 0.6, 0.7, 0.8)
NEVER: Final = 2.0
_STEPS: Final = tuple(AGREED + step * 0.005 for step in range(40))

Refusal = Literal["few_photos", "one_material", "worse_elsewhere"]


class Worth(BaseModel):
    """What the confirmed photos of a version are worth."""

    model_config = ConfigDict(frozen=True)

    slope: float = Field(gt=0)
    reach: float
    accept_threshold: float = Field(description="Above 1: nothing may be stated by neighbours.")
    photos: int
    people: int
    right_by_networks: int = Field(description="Photos whose material the networks alone find likeliest.")
    right: int = Field(description="The same with the others as neighbours.")
    answered: int = Field(description="Photos whose material would have been stated.")
    answered_right: int
    elsewhere: int = Field(description="Pictures from elsewhere that it was held to.")
    elsewhere_by_networks: int = Field(description="Those of them that the networks alone call right.")
    elsewhere_right: int = Field(description="The same with neighbours: not fewer.")

    @property
    def kernel(self) -> Kernel:
        return Kernel(self.slope, self.reach)


def calibrate(bank: FieldBank | None, validation: Validation) -> Worth | Refusal:
    """What a bank is worth, or why it is not to be used."""
    if bank is None or len(bank.photos) < LEAST_PHOTOS:
        return "few_photos"
    if (np.bincount(bank.materials) >= LEAST_OF_A_MATERIAL).sum() < 2:
        return "one_material"
    confirmed, others = _Judged(bank, bank.left_out()), bank.neighbours(validation.features)
    elsewhere = priors([validation.shares_of(row) for row in range(len(validation.features))], bank)
    by_networks = int(validation.right(elsewhere).sum())
    for kernel in sorted(confirmed.kernels(), key=confirmed.likelihood, reverse=True):
        right = int(validation.right(elsewhere * believed(others.shares(kernel))).sum())
        if right >= by_networks:
            break
    else:
        return "worse_elsewhere"
    threshold = _threshold(confirmed, _Judged(bank, bank.left_out(with_material=True)), kernel)
    stated = confirmed.confidence(kernel) >= threshold
    hits = confirmed.hits(kernel)
    return Worth(
        slope=kernel.slope,
        reach=kernel.reach,
        accept_threshold=threshold,
        photos=len(bank.photos),
        people=len(set(bank.people.tolist())),
        right_by_networks=int((confirmed.priors.argmax(axis=1) == bank.materials).sum()),
        right=int(hits.sum()),
        answered=int(stated.sum()),
        answered_right=int((stated & hits).sum()),
        elsewhere=len(validation.features),
        elsewhere_by_networks=by_networks,
        elsewhere_right=right,
    )


class _Judged:
    """The photos of a bank beside their neighbours in it."""

    def __init__(self, bank: FieldBank, neighbours: Neighbours) -> None:
        self._bank, self._neighbours = bank, neighbours
        self.priors = priors([mean(each.first, each.second or each.first) for each in bank.photos], bank)
        self._by_networks = _networks(bank)

    @staticmethod
    def kernels() -> list[Kernel]:
        return [Kernel(slope, reach) for slope in SLOPES for reach in REACHES]

    def _odds(self, kernel: Kernel) -> Floats:
        """The probability of each of KNOWN by networks and neighbours."""
        odds = self.priors * believed(self._neighbours.shares(kernel))
        return np.asarray(odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-30), np.float32)

    def likelihood(self, kernel: Kernel) -> float:
        """The mean logarithm of the confirmed materials' probability."""
        return float(np.log(np.maximum(self._of(self._bank.materials, self._odds(kernel)), 1e-6)).mean())

    def hits(self, kernel: Kernel) -> Flags:
        return np.asarray(self._odds(kernel).argmax(axis=1) == self._bank.materials)

    def confidence(self, kernel: Kernel) -> Floats:
        """With which a material would be stated; 0 where it may not be (``fusion.field.neighbours_agree``)."""
        odds, shares = self._odds(kernel), self._neighbours.shares(kernel)
        best = odds.argmax(axis=1)
        agreed = (shares.argmax(axis=1) == best) & self._of(best, self._by_networks)
        stated = agreed & self._of(best, self._neighbours.by_two(kernel))
        return np.asarray(np.where(stated, odds.max(axis=1), 0), np.float32)

    @staticmethod
    def _of(columns: Integers, values: Floats | Flags) -> Floats | Flags:
        return values[np.arange(len(values)), columns]


def _threshold(confirmed: _Judged, untaught: _Judged, kernel: Kernel) -> float:
    sure, unknown, hits = confirmed.confidence(kernel), untaught.confidence(kernel), confirmed.hits(kernel)
    for step in _STEPS:
        stated = sure >= step
        many = stated.sum() + UNTAUGHT * (unknown >= step).sum()
        if stated.any() and ((stated & hits).sum() + 1) / (many + 2) >= PROMISED:
            return float(step)
    return NEVER


def priors(shares: list[Shares], bank: FieldBank) -> Floats:
    """What the networks say of pictures, n × KNOWN, with the materials that were taught beside their classes."""
    rows = [prior(each, bank.taught) if each else {} for each in shares]
    even = 1 / len(KNOWN)
    return np.array([[row.get(each, 0.0) if row else even for each in KNOWN] for row in rows], np.float32)


def believed(shares: Floats) -> Floats:
    """The shares of neighbours as far as they are believed."""
    return np.asarray(FIELD_RELIABILITY * shares + (1 - FIELD_RELIABILITY) / len(KNOWN), np.float32)


def _networks(bank: FieldBank) -> Flags:
    """Which of KNOWN one of the networks finds likeliest, n × KNOWN."""
    found = np.zeros((len(bank.photos), len(KNOWN)), np.bool_)
    for row, photo in enumerate(bank.photos):
        for shares in (photo.first, photo.second):
            if shares:
                for material in looks_like(_likeliest(shares)):
                    found[row, KNOWN.index(material)] = True
    return found


def _likeliest(shares: Shares) -> Material:
    return max(shares, key=shares.__getitem__)
