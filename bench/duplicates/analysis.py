"""Hashes and analyses photos in several processes and keeps the results in a file, since ten thousand take a while."""

import asyncio
import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image

from bench.duplicates import scenes, variants
from bench.paths import detector
from bunri.domains.waste import fusion
from bunri.platform.photos import phash, photo
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.picture import Photo
from bunri.platform.vision.local import LocalVision
from bunri.platform.vision.material import MaterialClassifier
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.stored import from_stored, to_stored

UNCHANGED: Final = ""
_AT_ONCE: Final = 16


class WeightsMissing(Exception):
    """There are no weights of a detector."""


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


@dataclass(frozen=True, slots=True)
class PhotoAnalysis:
    phash: bytes
    impression: tuple[str, ...]
    """What both photos must have in common to be near-duplicates (fusion.scene_signature)."""


class AnalysisCache:
    """Hashes and analyses of files. With a folder they are kept for the next run, unless vision models, hash or
    variants have changed."""

    def __init__(self, folder: Path | None = None, *, processes: int = 2) -> None:
        """Raises WeightsMissing."""
        if detector() is None:
            raise WeightsMissing
        self._processes = processes
        self._known: dict[str, dict[str, Any]] = {}
        self._file = folder / f"analyses-{_version()}.jsonl" if folder else None
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            for line in self._file.read_text().splitlines() if self._file.exists() else ():
                self._learn(json.loads(line))

    def hashed(self, files: Iterable[PhotoFile]) -> list[bytes]:
        wanted = list(files)
        self._find(wanted, analysed=False)
        return [bytes.fromhex(self._known[file.key]["phash"]) for file in wanted]

    def seen(self, files: Iterable[PhotoFile]) -> list[PhotoAnalysis]:
        wanted = list(files)
        self._find(wanted, analysed=True)
        return [self._look(self._known[file.key]) for file in wanted]

    def impressions(self, files: Iterable[PhotoFile]) -> list[tuple[str, ...]]:
        """The impressions of files."""
        return [analysis.impression for analysis in self.seen(files)]

    def _look(self, line: dict[str, Any]) -> PhotoAnalysis:
        return PhotoAnalysis(bytes.fromhex(line["phash"]), fusion.scene_signature(from_stored(line["sight"])))

    def _find(self, files: list[PhotoFile], *, analysed: bool) -> None:
        missing = {file.key: file for file in files if not self._is_known(file, analysed)}
        if not missing:
            return
        with ProcessPoolExecutor(self._processes, get_context("spawn"), _begin) as pool:
            for line in pool.map(_seen if analysed else _hashed, missing.values(), chunksize=_AT_ONCE):
                self._learn(line)
                if self._file:
                    with self._file.open("a") as file:
                        file.write(json.dumps(line) + "\n")

    def _is_known(self, file: PhotoFile, analysed: bool) -> bool:
        line = self._known.get(file.key)
        return line is not None and (not analysed or line["sight"] is not None)

    def _learn(self, line: dict[str, Any]) -> None:
        if line["sight"] is not None or line["key"] not in self._known:
            self._known[line["key"]] = line


def _version() -> str:
    """A hash of everything that an analysis depends on."""
    sources = (scenes, variants, phash)
    made = hashlib.sha256(repr(_vision().models).encode())
    for path in [Path(str(source.__file__)) for source in sources]:
        made.update(path.read_bytes())
    return made.hexdigest()[:12]


def _begin() -> None:
    os.nice(5)
    cv2.setNumThreads(1)


def _hashed(file: PhotoFile) -> dict[str, Any]:
    return {"key": file.key, "phash": _opened(file).phash.hex(), "sight": None}


def _seen(file: PhotoFile) -> dict[str, Any]:
    opened = _opened(file)
    sight = asyncio.run(_vision().see(opened.pixels))
    return {"key": file.key, "phash": opened.phash.hex(), "sight": to_stored(sight)}


def _opened(file: PhotoFile) -> Photo:
    return photo.open_photo(file.read(), PhotoLimits())


@cache
def _vision() -> LocalVision:
    """The product's own vision models."""
    path = detector()
    if path is None:
        raise WeightsMissing
    return LocalVision(OnnxDetector(path, path.stem), MaterialClassifier())


@cache
def _variants() -> dict[str, variants.Variant]:
    return {variant.name: variant for variant in variants.VARIANTS}


@cache
def _stands() -> dict[str, scenes.Stand]:
    return {stand.name: stand for stand in scenes.STANDS}


@cache
def _background(data: Path, background: str) -> Pixels:
    return scenes.read(data, background)
