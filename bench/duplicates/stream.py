"""A day's photos in their order, and what the memory says to each: the same rules as waste/service/seeing.py."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bench.duplicates.counting import distances
from bench.duplicates.photos import Known

REPEATS: Final = 0.3
MIX: Final[Mapping[str, float]] = {
    "the same file": 0.5,
    "messenger": 0.15,
    "saved again": 0.15,
    "resized": 0.1,
    "cropped": 0.1,
}
"""How a repeat comes back: a supposition, since no stream of real people is at hand. Other kinds never come."""
SAME_FILE: Final = "the same file"


@dataclass(frozen=True, slots=True)
class Sent:
    """One photo of the stream: a new one, or ``change`` of one that came before."""

    photo: Known
    kind: str
    change: str = ""


@dataclass(slots=True)
class Told:
    """What became of the stream, by kind of repeat and of all new photos."""

    sent: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    """Hits on another thing, and of these, under ``other material``, on another material."""

    @property
    def repeats(self) -> int:
        return sum(self.sent.values()) - self.sent[NEW]

    @property
    def repeats_hit(self) -> int:
        return sum(self.hits.values()) - self.hits[NEW]

    @property
    def wrong_answers(self) -> int:
        return sum(self.wrong.values())


NEW: Final = "new"


def stream(
    photos: Sequence[Known], repeated: Sequence[Known], changes: Mapping[str, Sequence[str]], seed: int = 0
) -> list[Sent]:
    """All ``photos`` once in random order, and among them, REPEATS of the whole, those of ``repeated`` again.

    ``changes``: kind of MIX → names of variants. No variant of a photo comes twice.
    """
    random = np.random.default_rng(seed)
    order = [photos[at] for at in random.permutation(len(photos))]
    may_return = {photo.name for photo in repeated}
    kinds, shares = list(MIX), list(MIX.values())
    sent: list[Sent] = []
    known: list[Known] = []
    used: set[tuple[str, str]] = set()
    for photo in order:
        sent.append(Sent(photo, NEW))
        known += [photo] if photo.name in may_return else []
        while known and random.random() < REPEATS:
            kind = kinds[random.choice(len(kinds), p=shares)]
            again = known[int(random.integers(len(known)))]
            change = "" if kind == SAME_FILE else changes[kind][int(random.integers(len(changes[kind])))]
            if change and (again.name, change) in used:
                continue
            used.add((again.name, change))
            sent.append(Sent(again, kind, change))
    return sent


def in_question(hashes: Sequence[bytes], most_bits: int) -> list[int]:
    """Which of them somebody has to look at: those that are near any other."""
    near = distances(hashes, hashes) <= most_bits
    return [int(at) for at in np.flatnonzero(near.sum(axis=1) > 1)]


def play(sent: Sequence[Sent], hashes: Sequence[bytes], owns: Mapping[int, tuple[str, ...]], most_bits: int) -> Told:
    """Sends them one after the other; a photo is remembered when nothing in the memory answered for it.

    ``owns``: the impressions of at least those in question.
    """
    told = Told()
    found = distances(hashes, hashes)
    remembered = np.zeros(len(sent), bool)
    files: set[tuple[str, str]] = set()
    for at, one in enumerate(sent):
        told.sent[one.kind] += 1
        if (one.photo.name, one.change) in files:
            told.hits[one.kind] += 1
            continue
        files.add((one.photo.name, one.change))
        near = np.flatnonzero((found[at] <= most_bits) & remembered)
        agreeing = [int(other) for other in near if owns[at] and owns[int(other)] == owns[at]]
        if not agreeing:
            remembered[at] = True
            continue
        told.hits[one.kind] += 1
        answer = sent[min(agreeing, key=lambda other: (found[at, other], other))]
        if answer.photo.thing != one.photo.thing:
            told.wrong["same material" if answer.photo.material == one.photo.material else "other material"] += 1
    return told
