"""Cuts things out of their background. Every picture is made small and recompressed alike first.

TrashNet's background is one pale board, so its things are what differs from the light at the picture's border; in other
data sets the thing is what GrabCut finds around the middle. A picture without a clean outline stays whole.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.samples import Sample

SIDE = 320
"""Longest side of what is kept."""

QUALITY = 90
_SMALL = 144
_LEAST, _MOST = 0.04, 0.72
"""Share of the picture that a clean cut-out covers."""

Image = NDArray[Any]
"""Bytes; OpenCV's own types promise no more."""

Floats = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Cutout:
    """BGR pixels and, where the thing could be cut out, its alpha (0–255)."""

    pixels: Image
    alpha: Image | None


def prepare(samples: list[Sample], cache: Path, threads: int) -> None:
    """Fill the cache: ``<n>.jpg`` and, where there is one, ``<n>.png`` with the alpha, ``n`` by order of samples."""
    cache.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda pair: _prepare(pair[1], cache / f"{pair[0]}.jpg"), enumerate(samples)))


def load(cache: Path, number: int) -> Cutout:
    mask = cache / f"{number}.png"
    alpha = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE) if mask.exists() else None
    return Cutout(read(cache / f"{number}.jpg"), None if alpha is None else alpha.astype(np.uint8))


def read(path: Path) -> Image:
    """BGR. Raises ValueError where there is no picture."""
    pixels = cv2.imread(str(path))
    if pixels is None:
        raise ValueError(f"{path} is no picture")
    return pixels.astype(np.uint8)


def _prepare(sample: Sample, path: Path) -> None:
    if path.exists():
        return
    pixels = read(sample.path)
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if min(pixels.shape[:2]) >= 48:
        alpha = cut_out(pixels, on_board=sample.source == "trashnet")
        if alpha is not None:
            cv2.imwrite(str(path.with_suffix(".png")), alpha)
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def cut_out(pixels: Image, *, on_board: bool) -> Image | None:
    """The thing's alpha at the picture's size; None when no clean outline is found."""
    scale = _SMALL / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hint = _differs_from_border(small) if on_board else _middle(small)
    if not 0.02 < (hint == cv2.GC_PR_FGD).mean() < 0.85:
        return None
    background, thing = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    cv2.grabCut(small, hint, (0, 0, 0, 0), background, thing, 3, cv2.GC_INIT_WITH_MASK)
    mask = _largest(np.isin(hint, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8))
    if not _LEAST < mask.mean() < _MOST or _on_border(mask) > 0.45:
        return None
    large = cv2.resize(mask * 255, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), 1.5)
    return np.clip((soft.astype(np.int16) - 96) * 2, 0, 255).astype(np.uint8)


def board(pixels: Image) -> Floats:
    """The board's light at each pixel, as a plane through the border's brighter half: height × width × 3."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    terms = np.stack([np.ones_like(x), x / width, y / height, (x / width) * (y / height)], -1)
    edge = _edge(height, width)
    light = pixels.astype(np.float32)
    bright = edge & (light.sum(2) >= np.median(light.sum(2)[edge]))
    found, *_ = np.linalg.lstsq(terms[bright], light[bright], rcond=None)
    return np.asarray(np.clip(terms @ found, 16, 255), np.float32)


def _differs_from_border(small: Image) -> Image:
    """GrabCut's first guess on a pale board: colour unlike the board's, or far darker than its shadows."""
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    expected = cv2.cvtColor(board(small).astype(np.uint8), cv2.COLOR_BGR2LAB).astype(np.float32)
    away = np.abs(lab - expected)
    texture = cv2.GaussianBlur(np.abs(cv2.Laplacian(lab[:, :, 0], cv2.CV_32F)), (0, 0), 2)
    score = away[:, :, 1] + away[:, :, 2] + 0.35 * away[:, :, 0] + 2.0 * texture
    hint = np.where(score > 26, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    hint[score < 7] = cv2.GC_BGD
    return hint


def _middle(small: Image) -> Image:
    """GrabCut's first guess elsewhere: the frame is background, the middle is the thing."""
    height, width = small.shape[:2]
    hint = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    hint[height // 8 : -height // 8, width // 8 : -width // 8] = cv2.GC_PR_FGD
    frame = _edge(height, width)
    hint[frame] = cv2.GC_BGD
    return hint


def _edge(height: int, width: int) -> NDArray[np.bool_]:
    edge = np.ones((height, width), bool)
    edge[height // 24 : -height // 24, width // 24 : -width // 24] = False
    return edge


def _largest(mask: Image) -> Image:
    """The largest part with its holes filled; bits and threads gone."""
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(mask)
    if outlines:
        cv2.drawContours(filled, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled


def _on_border(mask: Image) -> float:
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())
