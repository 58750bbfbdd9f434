"""The evaluation: how often a changed photo is known again, and how often another thing's is taken for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.duplicates import counting, stream
from bench.duplicates.counting import MOST_BITS, NEVER, Counts, Distances
from bench.duplicates.looks import AS_IT_IS, File, Looks
from bench.duplicates.photos import Known
from bench.duplicates.scenes import STANDS
from bench.duplicates.stream import Sent, Told
from bench.duplicates.variants import VARIANTS

STREAM_BITS: Final = (4, 6, 8, 10, 14, 28)
_ROWS: Final = 2000
"""At once in a table of distances: 20 MB."""


@dataclass(frozen=True, slots=True)
class Again:
    """One variant of every photo of the sample: bits from its original, and whether the looks agree."""

    name: str
    kind: str
    found: Distances
    agreed: NDArray[np.bool_]

    @property
    def by_hash(self) -> NDArray[np.float64]:
        """Share found at 0 … MOST_BITS bits."""
        return counting.within(self.found) / len(self.found)

    @property
    def with_eyes(self) -> NDArray[np.float64]:
        return counting.within(self.found[self.agreed]) / len(self.found)


@dataclass(frozen=True, slots=True)
class Mistaken:
    """Photos (or pairs) that another thing answers for, at 0 … MOST_BITS bits."""

    asked: int
    by_hash: Counts
    by_hash_other: Counts
    """Of these, of another material."""
    with_eyes: Counts
    with_eyes_other: Counts


@dataclass(frozen=True, slots=True)
class Measured:
    photos: int
    sample: int
    again: list[Again]
    originals: Mistaken
    variants: Mistaken
    stands: Mistaken
    streams: Mapping[int, Told]


def measure(data: Path, photos: Sequence[Known], every: int, looks: Looks, most_bits: int) -> Measured:
    """``every``: each how manyth photo is varied and laid under the stands; all are originals."""
    sample = photos[::every]
    originals = looks.hashed(as_it_is(photo) for photo in photos)
    asked = [(photo, File(photo.name, photo.path, variant.name)) for photo in sample for variant in VARIANTS]
    return Measured(
        photos=len(photos),
        sample=len(sample),
        again=_again(sample, looks),
        originals=_mistaken([(photo, as_it_is(photo)) for photo in photos], photos, originals, looks),
        variants=_mistaken(asked, photos, originals, looks),
        stands=_stands(data, sample, looks),
        streams=streams(photos, sample, looks, sorted({*STREAM_BITS, most_bits})),
    )


def as_it_is(photo: Known) -> File:
    return File(photo.name, photo.path, AS_IT_IS)


def _again(sample: Sequence[Known], looks: Looks) -> list[Again]:
    before = looks.seen(as_it_is(photo) for photo in sample)
    files = [File(photo.name, photo.path, variant.name) for variant in VARIANTS for photo in sample]
    after = looks.seen(files)
    made = []
    for at, variant in enumerate(VARIANTS):
        pairs = list(zip(before, after[at * len(sample) : (at + 1) * len(sample)], strict=True))
        found = np.asarray([counting.distances([old.phash], [new.phash])[0, 0] for old, new in pairs], np.int16)
        agreed = np.asarray([bool(old.own) and old.own == new.own for old, new in pairs])
        made.append(Again(variant.name, variant.kind, found, agreed))
    return made


def _mistaken(
    asked: Sequence[tuple[Known, File]], known: Sequence[Known], hashes: Sequence[bytes], looks: Looks
) -> Mistaken:
    """Each of ``asked`` beside every known photo of another thing; only where a hash is near does anybody look."""
    things = np.asarray([photo.thing for photo in known])
    materials = np.asarray([photo.material for photo in known])
    nearest: list[NDArray[np.int16]] = []
    for start in range(0, len(asked), _ROWS):
        part = asked[start : start + _ROWS]
        found = counting.distances(looks.hashed(file for _, file in part), hashes)
        other_thing = things != np.asarray([photo.thing for photo, _ in part])[:, None]
        other_material = other_thing & (materials != np.asarray([photo.material for photo, _ in part])[:, None])
        agreed = _agreed((found <= MOST_BITS) & other_thing, [file for _, file in part], known, looks)
        ways = (other_thing, other_material, other_thing & agreed, other_material & agreed)
        nearest.append(np.stack([counting.nearest(found, way) for way in ways]))
    return Mistaken(len(asked), *(counting.within(way) for way in np.concatenate(nearest, axis=1)))


def _agreed(near: NDArray[np.bool_], files: Sequence[File], known: Sequence[Known], looks: Looks) -> NDArray[np.bool_]:
    """Of the near pairs, those that leave the same impression."""
    agreed = np.zeros_like(near)
    rows, columns = (sorted({int(at) for at in side}) for side in np.nonzero(near))
    ours = looks.owns(files[row] for row in rows)
    theirs = looks.owns(as_it_is(known[column]) for column in columns)
    agreed[np.ix_(rows, columns)] = counting.agreeing(ours, theirs)
    return agreed & near


def _stands(data: Path, sample: Sequence[Known], looks: Looks) -> Mistaken:
    """Every pair of different things under the same stand."""
    things = np.asarray([photo.thing for photo in sample])
    materials = np.asarray([photo.material for photo in sample])
    once = np.triu(things[:, None] != things[None, :], 1)
    other = materials[:, None] != materials[None, :]
    ways: list[list[Distances]] = [[], [], [], []]
    for stand in STANDS:
        seen = looks.seen(File(photo.name, photo.path, stand.name, data) for photo in sample)
        found = counting.distances([look.phash for look in seen], [look.phash for look in seen])
        owns = [look.own for look in seen]
        agreed = counting.agreeing(owns, owns)
        for way, pairs in zip(ways, (once, once & other, once & agreed, once & other & agreed), strict=True):
            way.append(np.where(pairs, found, NEVER).ravel())
    return Mistaken(int(once.sum()) * len(STANDS), *(counting.within(np.concatenate(way)) for way in ways))


def streams(photos: Sequence[Known], repeated: Sequence[Known], looks: Looks, bits: Sequence[int]) -> dict[int, Told]:
    """The same stream under memories of different thresholds."""
    sent = stream.stream(photos, repeated, changes())
    files = [file_of(one) for one in sent]
    hashes = looks.hashed(files)
    asked = stream.in_question(hashes, max(bits))
    owns = dict(zip(asked, looks.owns(files[at] for at in asked), strict=True))
    return {most: stream.play(sent, hashes, owns, most) for most in bits}


def file_of(sent: Sent) -> File:
    return File(sent.photo.name, sent.photo.path, sent.change)


def changes() -> dict[str, list[str]]:
    """The variants of each kind that repeats may come back as."""
    kinds = {kind: [variant.name for variant in VARIANTS if variant.kind == kind] for kind in stream.MIX}
    return {kind: names for kind, names in kinds.items() if names}
