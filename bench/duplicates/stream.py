"""Plays a day's photos in order and finds duplicates among them by the same rules as the product's vision stage."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bench.duplicates.lookup import Lookup
from bench.duplicates.photos import LabelledPhoto
from bunri.platform.photos.fingerprint import Fingerprint

REPEATS: Final = 0.3
REPEAT_SHARES: Final[Mapping[str, float]] = {
    "the same file": 0.5,
    "messenger": 0.15,
    "saved again": 0.15,
    "resized": 0.1,
    "cropped": 0.1,
}
"""Shares of the kinds of repeat. They are an assumption, since there are no data of real people; other kinds do not
occur."""
SAME_FILE: Final = "the same file"


@dataclass(frozen=True, slots=True)
class StreamPhoto:
    """One photo of the stream: a new one, or ``change`` of one that came before."""

    photo: LabelledPhoto
    kind: str
    change: str = ""


@dataclass(slots=True)
class StreamResult:
    """Counts by kind of repeat, and of all new photos."""

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
    photos: Sequence[LabelledPhoto],
    repeated: Sequence[LabelledPhoto],
    changes: Mapping[str, Sequence[str]],
    seed: int = 0,
) -> list[StreamPhoto]:
    """All ``photos`` once in random order, and among them, REPEATS of the whole, those of ``repeated`` again.

    ``changes``: kind of REPEAT_SHARES → names of variants. No variant of a photo comes twice.
    """
    random = np.random.default_rng(seed)
    order = [photos[at] for at in random.permutation(len(photos))]
    may_return = {photo.name for photo in repeated}
    kinds, shares = list(REPEAT_SHARES), list(REPEAT_SHARES.values())
    sent: list[StreamPhoto] = []
    known: list[LabelledPhoto] = []
    used: set[tuple[str, str]] = set()
    for photo in order:
        sent.append(StreamPhoto(photo, NEW))
        known += [photo] if photo.name in may_return else []
        while known and random.random() < REPEATS:
            kind = kinds[random.choice(len(kinds), p=shares)]
            again = known[int(random.integers(len(known)))]
            change = "" if kind == SAME_FILE else changes[kind][int(random.integers(len(changes[kind])))]
            if change and (again.name, change) in used:
                continue
            used.add((again.name, change))
            sent.append(StreamPhoto(again, kind, change))
    return sent


def play(
    sent: Sequence[StreamPhoto],
    fingerprints: Sequence[Fingerprint],
    apart: Callable[[int, int], float],
    limit: float,
    most_bits: int,
) -> StreamResult:
    """Sends the photos one after the other; each file is remembered.

    ``apart``: how much a new photo and an earlier one differ, by their places in ``sent``.
    """
    result = StreamResult()
    remembered = Lookup(most_bits)
    files: set[tuple[str, str]] = set()
    for at, (one, fingerprint) in enumerate(zip(sent, fingerprints, strict=True)):
        result.sent[one.kind] += 1
        if (one.photo.name, one.change) in files:
            result.hits[one.kind] += 1
            continue
        files.add((one.photo.name, one.change))
        compared = remembered.candidates(fingerprint)
        other = next((each for each in compared if apart(at, each) <= limit), None)
        remembered.add(at, fingerprint)
        if other is None:
            continue
        result.hits[one.kind] += 1
        answer = sent[other]
        if answer.photo.thing != one.photo.thing:
            result.wrong["same material" if answer.photo.material == one.photo.material else "other material"] += 1
    return result
