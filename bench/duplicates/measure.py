"""Measures how often a changed photo is recognised, and how often a photo of another thing is taken for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.duplicates import stream
from bench.duplicates.fingerprints import UNCHANGED, FingerprintCache, PhotoFile
from bench.duplicates.lookup import Lookup
from bench.duplicates.photos import LabelledPhoto
from bench.duplicates.scenes import STANDS
from bench.duplicates.stream import StreamPhoto, StreamResult
from bench.duplicates.variants import VARIANTS
from bunri.domains.waste.settings import WasteSettings
from bunri.platform.photos.repeats import APART

LIMITS: Final = (0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0)
STREAM_LIMITS: Final = (0.6, 0.8, 1.0, 1.2, 1.5)
_UNDER_STANDS: Final = 3
"""Scenes with which each is compared, by hash and by landmarks: more than in the product, to look for mistakes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A photo, and those with which it was compared, in that order: the difference and what they show."""

    photo: LabelledPhoto
    compared: Sequence[tuple[float, LabelledPhoto]]

    def answer(self, limit: float) -> LabelledPhoto | None:
        """The earlier photo whose result is used."""
        return next((photo for apart, photo in self.compared if apart <= limit), None)

    def known(self, limit: float) -> bool:
        answer = self.answer(limit)
        return answer is not None and answer.thing == self.photo.thing

    def mistaken(self, limit: float) -> bool:
        answer = self.answer(limit)
        return answer is not None and answer.thing != self.photo.thing


@dataclass(frozen=True, slots=True)
class VariantResult:
    """One variant of every photo of the sample."""

    name: str
    kind: str
    asked: Sequence[Asked]

    def known(self, limit: float) -> float:
        """Share."""
        return sum(each.known(limit) for each in self.asked) / len(self.asked)

    @property
    def found(self) -> float:
        """Share of which the photo itself was among those that were compared."""
        return sum(any(photo.thing == each.photo.thing for _, photo in each.compared) for each in self.asked) / len(
            self.asked
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    photos: int
    sample: int
    again: Sequence[VariantResult]
    originals: Sequence[Asked]
    """Each photo as though it came last, after all the others."""
    stands: Sequence[Asked]
    """Each scene as though it came last under its stand."""
    streams: Mapping[float, StreamResult]


def measure(
    data: Path, photos: Sequence[LabelledPhoto], every: int, fingerprints: FingerprintCache, half: int
) -> Evaluation:
    """``every``: only every so manyth photo is varied and laid under the stands; all are originals. Of these only the
    ``half`` 0 or 1: a limit is chosen by one half and judged by the other."""
    played = streams(photos[half::2], photos[half::2], fingerprints, STREAM_LIMITS)
    sample = photos[::every][half::2]
    most_bits = WasteSettings().near_bits
    known = [unchanged(photo) for photo in photos]
    lookup = Lookup(most_bits, fingerprints.of(known))
    again = []
    for variant in VARIANTS:
        files = [PhotoFile(photo.name, photo.path, variant.name) for photo in sample]
        asked = _ask(files, sample, lookup, known, photos, fingerprints)
        again.append(VariantResult(variant.name, variant.kind, asked))
    return Evaluation(
        photos=len(photos),
        sample=len(sample),
        again=again,
        originals=_ask(known[half::2], photos[half::2], lookup, known, photos, fingerprints),
        stands=[each for stand in STANDS for each in _under(stand.name, data, sample, fingerprints)],
        streams=played,
    )


def unchanged(photo: LabelledPhoto) -> PhotoFile:
    return PhotoFile(photo.name, photo.path, UNCHANGED)


def _under(stand: str, data: Path, sample: Sequence[LabelledPhoto], fingerprints: FingerprintCache) -> list[Asked]:
    files = [PhotoFile(photo.name, photo.path, stand, data) for photo in sample]
    lookup = Lookup(WasteSettings().near_bits, fingerprints.of(files), compared=_UNDER_STANDS)
    return _ask(files, sample, lookup, files, sample, fingerprints)


def _ask(
    files: Sequence[PhotoFile],
    photos: Sequence[LabelledPhoto],
    lookup: Lookup,
    known: Sequence[PhotoFile],
    things: Sequence[LabelledPhoto],
    fingerprints: FingerprintCache,
) -> list[Asked]:
    """``known`` show ``things``; a file is not compared with itself."""
    numbers = {file.key: number for number, file in enumerate(known)}
    asked = [
        lookup.candidates(fingerprint, numbers.get(file.key))
        for file, fingerprint in zip(files, fingerprints.of(files), strict=True)
    ]
    pairs = [(file, known[number]) for file, found in zip(files, asked, strict=True) for number in found]
    apart = dict(zip(pairs, fingerprints.apart(pairs), strict=True))
    return [
        Asked(photo, [(apart[file, known[number]], things[number]) for number in found])
        for file, photo, found in zip(files, photos, asked, strict=True)
    ]


def streams(
    photos: Sequence[LabelledPhoto],
    repeated: Sequence[LabelledPhoto],
    fingerprints: FingerprintCache,
    limits: Iterable[float] = (APART,),
) -> dict[float, StreamResult]:
    """The results of the same stream at different limits."""
    sent = stream.stream(photos, repeated, changes())
    files = [file_of(one) for one in sent]
    made = fingerprints.of(files)
    most_bits = WasteSettings().near_bits

    def apart(new: int, old: int) -> float:
        return fingerprints.apart([(files[new], files[old])])[0]

    return {limit: stream.play(sent, made, apart, limit, most_bits) for limit in limits}


def file_of(sent: StreamPhoto) -> PhotoFile:
    return PhotoFile(sent.photo.name, sent.photo.path, sent.change)


def changes() -> dict[str, list[str]]:
    """The variants of each kind that repeats may come back as."""
    kinds = {kind: [variant.name for variant in VARIANTS if variant.kind == kind] for kind in stream.REPEAT_SHARES}
    return {kind: names for kind, names in kinds.items() if names}
