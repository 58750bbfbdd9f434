"""Makes photos like those of a phone: 12 megapixels and about 3 MB, all with different perceptual hashes."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.paths import shared

WIDTH, HEIGHT = 4000, 3000
_QUALITY: Final = 88
_GRAIN: Final = 6.0
"""Standard deviation of the sensor's noise: with it the quality above gives about 3 MB."""

Pixels = NDArray[np.uint8]


def photos(count: int, first: int = 0) -> Iterator[bytes]:
    """``count`` JPEG files; the same ``first`` gives the same ones."""
    for seed in range(first, first + count):
        yield photo(seed)


def photo(seed: int) -> bytes:
    """A part of a reference photo blended with random light and shadow; without reference photos these alone."""
    random = np.random.default_rng(seed)
    picture = _shadows(random)
    scenes = _scenes()
    if scenes:
        picture = cv2.addWeighted(_part(scenes[seed % len(scenes)], random), 0.6, picture, 0.4, 0)
    down, across = random.integers(0, (HEIGHT, WIDTH))
    grainy = cv2.add(picture, np.roll(_grain(), (down, across), (0, 1)), dtype=cv2.CV_8U)
    return bytes(cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])


def _shadows(random: np.random.Generator) -> Any:
    small = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def _part(scene: Any, random: np.random.Generator) -> Any:
    height, width = scene.shape[:2]
    share = random.uniform(0.7, 1.0)
    top, left = (int(random.uniform(0, 1 - share) * side) for side in (height, width))
    part = scene[top : top + int(share * height), left : left + int(share * width)]
    return cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


@cache
def _scenes() -> list[Any]:
    folder = shared()
    return [cv2.imread(str(path)) for path in sorted((folder / "data" / "photos").glob("*.jpg"))] if folder else []


@cache
def _grain() -> NDArray[np.int16]:
    noise = np.random.default_rng(0).normal(0, _GRAIN, (HEIGHT, WIDTH, 1))
    return np.repeat(noise, 3, axis=2).astype(np.int16)
