"""Replays confirmed photos of one place: what the product says of the others after so many of them.

The shipped networks never saw the place: nothing was ever trained on shops, and of the other sources the layer on the
namer's features is the one that was trained without them (``python -m training.material_layer``). Photos are taken in
the order of their numbers, or shuffled; crops of one photo stay together. What is confirmed says the material as people
would, and the item where no material says it.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from bench.sources import RIGHT, UNNAMED, Answer, judged, right_for
from bunri.domains.recycling.table import RuleTable
from bunri.domains.waste.field_bank.bank import ConfirmedPhoto, FieldBank
from bunri.domains.waste.field_bank.calibration import Worth, calibrate
from bunri.domains.waste.field_bank.opinion import judge
from bunri.domains.waste.field_bank.validation import Validation
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import VisionResult

SAID: Final[Mapping[str, tuple[Material, str | None]]] = {
    "aerosol": (Material.METAL, "aerosol-can"),
    "ceramic": (Material.OTHER, "ceramic"),
    "film": (Material.VINYL, None),
    "medicine": (Material.OTHER, "medicine"),
    "paper_cup": (Material.PAPER, "paper-cup"),
    "shoe": (Material.TEXTILE, None),
    "tissue": (Material.OTHER, "tissue"),
}
"""What people would say of a folder's things, where it is not the material of its name."""
_PHOTO: Final = re.compile(r".*?\d{8}_\d{6}|dc\d+_\d+|batch_\d+_\d+")
"""The part of a file's name that is its photo's; of others each picture is a photo."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Answers about the rest of a place, and what was found of the confirmed part."""

    answers: list[Answer]
    untaught: list[Answer]
    """The answers about the same photos without what was confirmed: those that are left may be harder or easier."""
    worth: Worth | None
    """None where the bank was refused."""


class Place:
    """The pictures of one source, as the shipped networks saw them."""

    def __init__(self, seen: Mapping[Path, VisionResult], table: RuleTable, validation: Validation) -> None:
        truths = {**RIGHT, **UNNAMED}
        self._seen = {path: result for path, result in seen.items() if right_for(path, truths)}
        self._rights = {path: right_for(path, truths) or set() for path in self._seen}
        self._table, self._validation = table, validation
        photos: dict[str, list[Path]] = {}
        for path in sorted(self._seen, key=lambda path: re.sub(r"^\D+", "", path.stem)):
            photos.setdefault(photo_of(path), []).append(path)
        self._photos = list(photos.values())

    def __len__(self) -> int:
        return len(self._photos)

    def replay(self, confirmed: int, people: int, seed: int | None) -> Replay:
        """What is said of the photos after the first ``confirmed``, said by ``people`` in turns. ``seed``: of the
        shuffling; None: in their order."""
        photos = list(self._photos)
        if seed is not None:
            random.Random(seed).shuffle(photos)
        rows = [
            self._confirmed(number, path, number % people) for number in range(confirmed) for path in photos[number]
        ]
        bank = FieldBank(rows[::-1]) if rows else None
        worth = calibrate(bank, self._validation)
        heard = worth if isinstance(worth, Worth) else None
        rest = [path for photo in photos[confirmed:] for path in photo]
        untaught = [self._untaught(path) for path in rest]
        return Replay([self._answer(path, bank, heard) for path in rest] if heard else untaught, untaught, heard)

    @cache  # noqa: B019  # a place lives as long as its measurement
    def _untaught(self, path: Path) -> Answer:
        return self._answer(path, None, None)

    def _answer(self, path: Path, bank: FieldBank | None, worth: Worth | None) -> Answer:
        result = self._seen[path]
        features = result.features[self._validation.network]
        field = judge(bank, worth, features) if bank and worth else None
        return judged(result, self._rights[path], self._table, field)

    def _confirmed(self, photo: int, path: Path, person: int) -> ConfirmedPhoto:
        result = self._seen[path]
        material, item = said_of(path)
        return ConfirmedPhoto(
            UUID(int=photo),
            bytes([person]),
            material,
            item,
            result.features[self._validation.network],
            result.image_probabilities,
            result.second_opinion,
        )


def said_of(path: Path) -> tuple[Material, str | None]:
    """What a person would say that a picture shows, by its folder."""
    kind = path.parent.name
    return SAID[kind] if kind in SAID else (Material(kind), None)


def photo_of(path: Path) -> str:
    """The photo that a picture was cut from."""
    found = _PHOTO.match(path.stem)
    return found.group() if found else path.stem


@dataclass(frozen=True, slots=True)
class Score:
    """Of some answers: how many, how many were right first, were given without a question, and were right then."""

    answers: int
    first: int
    stated: int
    stated_right: int

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Score":
        stated = [answer for answer in answers if answer.sure]
        return cls(len(answers), sum(a.first for a in answers), len(stated), sum(a.first for a in stated))
