"""Measures how often a changed photo is recognised, and how often a photo of another thing is taken for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.duplicates import counting, stream
from bench.duplicates.analysis import UNCHANGED, AnalysisCache, PhotoFile
from bench.duplicates.counting import MAX_BITS, NEVER, Counts, Distances
from bench.duplicates.photos import LabelledPhoto
from bench.duplicates.scenes import STANDS
from bench.duplicates.stream import StreamPhoto, StreamResult
from bench.duplicates.variants import VARIANTS

STREAM_BITS: Final = (4, 6, 8, 10, 14, 28)
_ROWS: Final = 2000
"""Rows in one table of distances, which takes 20 MB."""


@dataclass(frozen=True, slots=True)
class VariantResult:
    """One variant of every photo of the sample: its distances from the originals, and whether the analyses agree."""

    name: str
    kind: str
    found: Distances
    agreed: NDArray[np.bool_]

    @property
    def by_hash(self) -> NDArray[np.float64]:
        """Share found at 0 … MAX_BITS bits."""
        return counting.within(self.found) / len(self.found)

    @property
    def with_models(self) -> NDArray[np.float64]:
        return counting.within(self.found[self.agreed]) / len(self.found)


@dataclass(frozen=True, slots=True)
class FalseMatches:
    """Photos (or pairs) that match another thing, at 0 … MAX_BITS bits."""

    asked: int
    by_hash: Counts
    by_hash_other: Counts
    """Of these, matches with another material."""
    with_models: Counts
    with_models_other: Counts


@dataclass(frozen=True, slots=True)
class Evaluation:
    photos: int
    sample: int
    again: list[VariantResult]
    originals: FalseMatches
    variants: FalseMatches
    stands: FalseMatches
    streams: Mapping[int, StreamResult]


def measure(
    data: Path, photos: Sequence[LabelledPhoto], every: int, analyses: AnalysisCache, most_bits: int
) -> Evaluation:
    """``every``: only every so manyth photo is varied and laid under the stands; all are originals."""
    sample = photos[::every]
    originals = analyses.hashed(unchanged(photo) for photo in photos)
    asked = [(photo, PhotoFile(photo.name, photo.path, variant.name)) for photo in sample for variant in VARIANTS]
    return Evaluation(
        photos=len(photos),
        sample=len(sample),
        again=_again(sample, analyses),
        originals=_mistaken([(photo, unchanged(photo)) for photo in photos], photos, originals, analyses),
        variants=_mistaken(asked, photos, originals, analyses),
        stands=_stands(data, sample, analyses),
        streams=streams(photos, sample, analyses, sorted({*STREAM_BITS, most_bits})),
    )


def unchanged(photo: LabelledPhoto) -> PhotoFile:
    return PhotoFile(photo.name, photo.path, UNCHANGED)


def _again(sample: Sequence[LabelledPhoto], analyses: AnalysisCache) -> list[VariantResult]:
    before = analyses.seen(unchanged(photo) for photo in sample)
    files = [PhotoFile(photo.name, photo.path, variant.name) for variant in VARIANTS for photo in sample]
    after = analyses.seen(files)
    made = []
    for at, variant in enumerate(VARIANTS):
        pairs = list(zip(before, after[at * len(sample) : (at + 1) * len(sample)], strict=True))
        found = np.asarray([counting.distances([old.phash], [new.phash])[0, 0] for old, new in pairs], np.int16)
        agreed = np.asarray([bool(old.impression) and old.impression == new.impression for old, new in pairs])
        made.append(VariantResult(variant.name, variant.kind, found, agreed))
    return made


def _mistaken(
    asked: Sequence[tuple[LabelledPhoto, PhotoFile]],
    known: Sequence[LabelledPhoto],
    hashes: Sequence[bytes],
    analyses: AnalysisCache,
) -> FalseMatches:
    """Compares each of ``asked`` with every photo of another thing; only pairs with near hashes are analysed."""
    things = np.asarray([photo.thing for photo in known])
    materials = np.asarray([photo.material for photo in known])
    nearest: list[NDArray[np.int16]] = []
    for start in range(0, len(asked), _ROWS):
        part = asked[start : start + _ROWS]
        found = counting.distances(analyses.hashed(file for _, file in part), hashes)
        other_thing = things != np.asarray([photo.thing for photo, _ in part])[:, None]
        other_material = other_thing & (materials != np.asarray([photo.material for photo, _ in part])[:, None])
        agreed = _agreed((found <= MAX_BITS) & other_thing, [file for _, file in part], known, analyses)
        ways = (other_thing, other_material, other_thing & agreed, other_material & agreed)
        nearest.append(np.stack([counting.nearest(found, way) for way in ways]))
    return FalseMatches(len(asked), *(counting.within(way) for way in np.concatenate(nearest, axis=1)))


def _agreed(
    near: NDArray[np.bool_], files: Sequence[PhotoFile], known: Sequence[LabelledPhoto], analyses: AnalysisCache
) -> NDArray[np.bool_]:
    """Of the near pairs, those with the same impression."""
    agreed = np.zeros_like(near)
    rows, columns = (sorted({int(at) for at in side}) for side in np.nonzero(near))
    ours = analyses.impressions(files[row] for row in rows)
    theirs = analyses.impressions(unchanged(known[column]) for column in columns)
    agreed[np.ix_(rows, columns)] = counting.agreeing(ours, theirs)
    return agreed & near


def _stands(data: Path, sample: Sequence[LabelledPhoto], analyses: AnalysisCache) -> FalseMatches:
    """Every pair of different things under the same stand."""
    things = np.asarray([photo.thing for photo in sample])
    materials = np.asarray([photo.material for photo in sample])
    once = np.triu(things[:, None] != things[None, :], 1)
    other = materials[:, None] != materials[None, :]
    ways: list[list[Distances]] = [[], [], [], []]
    for stand in STANDS:
        seen = analyses.seen(PhotoFile(photo.name, photo.path, stand.name, data) for photo in sample)
        found = counting.distances([analysis.phash for analysis in seen], [analysis.phash for analysis in seen])
        impressions = [analysis.impression for analysis in seen]
        agreed = counting.agreeing(impressions, impressions)
        for way, pairs in zip(ways, (once, once & other, once & agreed, once & other & agreed), strict=True):
            way.append(np.where(pairs, found, NEVER).ravel())
    return FalseMatches(int(once.sum()) * len(STANDS), *(counting.within(np.concatenate(way)) for way in ways))


def streams(
    photos: Sequence[LabelledPhoto], repeated: Sequence[LabelledPhoto], analyses: AnalysisCache, bits: Sequence[int]
) -> dict[int, StreamResult]:
    """The results of the same stream at different thresholds."""
    sent = stream.stream(photos, repeated, changes())
    files = [file_of(one) for one in sent]
    hashes = analyses.hashed(files)
    asked = stream.near_any(hashes, max(bits))
    impressions = dict(zip(asked, analyses.impressions(files[at] for at in asked), strict=True))
    return {most: stream.play(sent, hashes, impressions, most) for most in bits}


def file_of(sent: StreamPhoto) -> PhotoFile:
    return PhotoFile(sent.photo.name, sent.photo.path, sent.change)


def changes() -> dict[str, list[str]]:
    """The variants of each kind that repeats may come back as."""
    kinds = {kind: [variant.name for variant in VARIANTS if variant.kind == kind] for kind in stream.REPEAT_SHARES}
    return {kind: names for kind, names in kinds.items() if names}
