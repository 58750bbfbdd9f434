"""Hashes and looks of files, made in processes and kept in a file, since a look at ten thousand takes a while."""

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
from bench.places import detector
from bunri.domains.waste import fusion
from bunri.platform.photos import phash, photo
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.vision.local import LocalVision
from bunri.platform.vision.material import MaterialClassifier
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.stored import from_stored, to_stored

AS_IT_IS: Final = ""
_AT_ONCE: Final = 16


class NoWeights(Exception):
    """There is no detector to look with."""


@dataclass(frozen=True, slots=True)
class File:
    """A photo as it is, as one of VARIANTS, or as a thing under one of STANDS."""

    name: str
    path: Path
    change: str = AS_IT_IS
    data: Path = Path()
    """Where grounds are; only for things under a stand."""

    @property
    def key(self) -> str:
        return f"{self.name}|{self.change}"

    def read(self) -> bytes:
        stored = self.path.read_bytes()
        if self.change == AS_IT_IS:
            return stored
        if variant := _variants().get(self.change):
            return variant.of(Image.open(BytesIO(stored)).convert("RGB"), self.name)
        stand = _stands()[self.change]
        thing = np.asarray(cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR), np.uint8)
        return scenes.scene(_ground(self.data, stand.ground), thing, stand.share)


@dataclass(frozen=True, slots=True)
class Look:
    phash: bytes
    own: tuple[str, ...]
    """The impression by which a near photo is known (fusion.impression)."""


class Looks:
    """What is known of files; with a folder, found again by the next run unless eyes, hash or variants changed."""

    def __init__(self, folder: Path | None = None, *, processes: int = 2) -> None:
        """Raises NoWeights."""
        if detector() is None:
            raise NoWeights
        self._processes = processes
        self._known: dict[str, dict[str, Any]] = {}
        self._file = folder / f"looks-{_recipe()}.jsonl" if folder else None
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            for line in self._file.read_text().splitlines() if self._file.exists() else ():
                self._learn(json.loads(line))

    def hashed(self, files: Iterable[File]) -> list[bytes]:
        wanted = list(files)
        self._find(wanted, look=False)
        return [bytes.fromhex(self._known[file.key]["phash"]) for file in wanted]

    def seen(self, files: Iterable[File]) -> list[Look]:
        wanted = list(files)
        self._find(wanted, look=True)
        return [self._look(self._known[file.key]) for file in wanted]

    def owns(self, files: Iterable[File]) -> list[tuple[str, ...]]:
        """The impressions of files."""
        return [look.own for look in self.seen(files)]

    def _look(self, line: dict[str, Any]) -> Look:
        return Look(bytes.fromhex(line["phash"]), fusion.impression(from_stored(line["sight"])))

    def _find(self, files: list[File], *, look: bool) -> None:
        missing = {file.key: file for file in files if not self._is_known(file, look)}
        if not missing:
            return
        with ProcessPoolExecutor(self._processes, get_context("spawn"), _begin) as pool:
            for line in pool.map(_seen if look else _hashed, missing.values(), chunksize=_AT_ONCE):
                self._learn(line)
                if self._file:
                    with self._file.open("a") as file:
                        file.write(json.dumps(line) + "\n")

    def _is_known(self, file: File, look: bool) -> bool:
        line = self._known.get(file.key)
        return line is not None and (not look or line["sight"] is not None)

    def _learn(self, line: dict[str, Any]) -> None:
        if line["sight"] is not None or line["key"] not in self._known:
            self._known[line["key"]] = line


def _recipe() -> str:
    """Stands for everything that a look hangs on."""
    sources = (scenes, variants, phash)
    made = hashlib.sha256(repr(_eyes().models).encode())
    for path in [Path(str(source.__file__)) for source in sources]:
        made.update(path.read_bytes())
    return made.hexdigest()[:12]


def _begin() -> None:
    os.nice(5)
    cv2.setNumThreads(1)


def _hashed(file: File) -> dict[str, Any]:
    return {"key": file.key, "phash": _opened(file).phash.hex(), "sight": None}


def _seen(file: File) -> dict[str, Any]:
    opened = _opened(file)
    result = asyncio.run(_eyes().see(opened.pixels))
    return {"key": file.key, "phash": opened.phash.hex(), "sight": to_stored(result)}


def _opened(file: File) -> photo.Photo:
    return photo.open_photo(file.read(), PhotoLimits())


@cache
def _eyes() -> LocalVision:
    """Ours, as the product opens them."""
    path = detector()
    if path is None:
        raise NoWeights
    return LocalVision(OnnxDetector(path, path.stem), MaterialClassifier())


@cache
def _variants() -> dict[str, variants.Variant]:
    return {variant.name: variant for variant in variants.VARIANTS}


@cache
def _stands() -> dict[str, scenes.Stand]:
    return {stand.name: stand for stand in scenes.STANDS}


@cache
def _ground(data: Path, ground: str) -> Pixels:
    return scenes.read(data, ground)
