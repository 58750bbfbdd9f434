"""Fingerprints and comparisons of photos, made in several processes and kept in a file, since they take a while."""

import hashlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from io import BytesIO
from math import inf
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from bench.duplicates import scenes, variants
from bunri.platform.photos import borders, fingerprint, landmarks, phash, photo, repeats
from bunri.platform.photos.fingerprint import Fingerprint
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.picture import Photo, Pixels

UNCHANGED: Final = ""
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo as it is, as one of VARIANTS, or as a thing under one of STANDS."""

    name: str
    path: Path
    change: str = UNCHANGED
    data: Path = Path()
    """The folder of backgrounds; only for things under a stand."""

    @property
    def key(self) -> str:
        return f"{self.name}|{self.change}"

    def read(self) -> bytes:
        stored = self.path.read_bytes()
        if self.change == UNCHANGED:
            return stored
        if variant := _variants().get(self.change):
            return variant.of(Image.open(BytesIO(stored)).convert("RGB"), self.name)
        stand = _stands()[self.change]
        thing = np.asarray(cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        return scenes.scene(_background(self.data, stand.background), thing, stand.share)


Pair = tuple[PhotoFile, PhotoFile]
"""A new photo and an earlier one."""


class FingerprintCache:
    """With a folder everything is kept for the next run, unless the code that it hangs on has changed."""

    def __init__(self, folder: Path | None = None, *, processes: int = 2) -> None:
        self._processes = processes
        self._known: dict[str, Any] = {}
        self._file = folder / f"fingerprints-{_version()}.jsonl" if folder else None
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            for line in self._file.read_text().splitlines() if self._file.exists() else ():
                self._known.update(json.loads(line))

    def of(self, files: Iterable[PhotoFile]) -> list[Fingerprint]:
        wanted = list(files)
        self._make(_fingerprint, {file.key: file for file in wanted})
        return [_from_line(self._known[file.key]) for file in wanted]

    def apart(self, pairs: Iterable[Pair]) -> list[float]:
        """How much each pair differs as the product compares them, where they are most alike; inf where the new photo
        is nowhere in the earlier one."""
        wanted = list(pairs)
        self._make(_apart, {_key(pair): pair for pair in wanted})
        return [inf if (apart := self._known[_key(pair)]) is None else apart for pair in wanted]

    def _make(self, make: Callable[[Any], Any], wanted: dict[str, Any]) -> None:
        missing = {key: asked for key, asked in wanted.items() if key not in self._known}
        if len(missing) < _AT_ONCE:  # to start processes takes longer
            for key, asked in missing.items():
                self._keep(key, make(asked))
            return
        with ProcessPoolExecutor(self._processes, get_context("spawn"), _begin) as pool:
            for key, made in zip(missing, pool.map(make, missing.values(), chunksize=_AT_ONCE), strict=True):
                self._keep(key, made)

    def _keep(self, key: str, made: object) -> None:
        self._known[key] = made
        if self._file:
            with self._file.open("a") as file:
                file.write(json.dumps({key: made}) + "\n")


def _key(pair: Pair) -> str:
    return f"{pair[0].key} in {pair[1].key}"


def _version() -> str:
    """A hash of everything that fingerprints and comparisons depend on."""
    made = hashlib.sha256()
    for source in (scenes, variants, borders, fingerprint, landmarks, phash, repeats):
        made.update(Path(str(source.__file__)).read_bytes())
    return made.hexdigest()[:12]


def _begin() -> None:
    cv2.setNumThreads(1)


def _fingerprint(file: PhotoFile) -> dict[str, Any]:
    made = asdict(fingerprint.fingerprint_of(_opened(file)))
    return {**made, "phashes": [each.hex() for each in made["phashes"]]}


def _from_line(line: dict[str, Any]) -> Fingerprint:
    phashes = tuple(bytes.fromhex(each) for each in line["phashes"])
    return Fingerprint(phashes, line["landmarks"], line["sought"])


def _apart(pair: Pair) -> float | None:
    new, old = pair
    return min((apart for apart, _ in repeats.comparisons(_opened(new).pixels, _thumbnail(old))), default=None)


def _opened(file: PhotoFile) -> Photo:
    return photo.open_photo(file.read(), PhotoLimits())


@lru_cache(maxsize=64)
def _thumbnail(file: PhotoFile) -> Pixels:
    """The earlier photo as the product still has it."""
    stored = photo.make_thumbnail(_opened(file))
    return np.asarray(cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@cache
def _variants() -> dict[str, variants.Variant]:
    return {variant.name: variant for variant in variants.VARIANTS}


@cache
def _stands() -> dict[str, scenes.Stand]:
    return {stand.name: stand for stand in scenes.STANDS}


@cache
def _background(data: Path, background: str) -> Pixels:
    return scenes.read(data, background)
