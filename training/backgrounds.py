"""Backgrounds for views: floors, cloth, wood, grass and clutter, drawn or cut from licensed pictures.

The background must not correlate with the class, so all classes share all backgrounds.
"""

import cv2
import numpy as np

from training.cutouts import Cutout, Floats, Image


def noise(rng: np.random.Generator, side: int, coarsest: int, finest: int = 1, decay: float = 0.6) -> Floats:
    """Clouds from several octaves, mean 0, about ±1: side × side."""
    total = np.zeros((side, side), np.float32)
    strength, size = 1.0, coarsest
    while size >= finest:
        cells = max(2, side // size + 1)
        layer = rng.standard_normal((cells, cells)).astype(np.float32)
        total += strength * cv2.resize(layer, (side, side), interpolation=cv2.INTER_CUBIC)
        strength, size = strength * decay, size // 2
    return total / max(float(total.std()), 1e-6)


def drawn(rng: np.random.Generator, side: int) -> Image:
    """A drawn background, half of the time a grey floor."""
    kinds = (_concrete, _concrete, _concrete, _tiles, _tiles, _speckled, _wood, _cloth, _grass, _plain, _clutter)
    return _bytes(kinds[rng.integers(len(kinds))](rng, side))


def grey_floor(rng: np.random.Generator, side: int) -> Image:
    """Concrete, stone tiles or terrazzo, as in typical phone photos."""
    return _bytes((_concrete, _tiles, _speckled)[rng.integers(3)](rng, side))


def wood(rng: np.random.Generator, side: int) -> Image:
    """Wooden boards side by side with their grain."""
    return _bytes(_wood(rng, side))


def cut(rng: np.random.Generator, picture: Cutout, side: int) -> Image | None:
    """A piece of a picture's background, mirrored to fill the square; None where the thing leaves no background."""
    height, width = picture.pixels.shape[:2]
    taken = picture.alpha if picture.alpha is not None else np.zeros((height, width), np.uint8)
    for _ in range(6):
        rows, columns = int(rng.uniform(0.25, 0.5) * height), int(rng.uniform(0.25, 0.5) * width)
        top, left = rng.integers(height - rows + 1), rng.integers(width - columns + 1)
        if taken[top : top + rows, left : left + columns].mean() < 1:
            piece = picture.pixels[top : top + rows, left : left + columns]
            piece = cv2.resize(piece, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
            high, wide = max(0, side - piece.shape[0]), max(0, side - piece.shape[1])
            filled = cv2.copyMakeBorder(
                piece, high // 2, high - high // 2, wide // 2, wide - wide // 2, cv2.BORDER_REFLECT_101
            )
            return np.ascontiguousarray(filled[:side, :side])
    return None


def _bytes(background: Floats) -> Image:
    return np.clip(background, 0, 255).astype(np.uint8)


def _tint(rng: np.random.Generator, spread: float) -> Floats:
    return rng.normal(0, spread, 3).astype(np.float32)


def _grey(rng: np.random.Generator) -> Floats:
    return np.full(3, rng.uniform(60, 215), np.float32) + _tint(rng, 4)


def _concrete(rng: np.random.Generator, side: int) -> Floats:
    texture = noise(rng, side, int(rng.choice([16, 64, 128])), 1, rng.uniform(0.4, 0.9)) * rng.uniform(2, 14)
    grain = rng.normal(0, rng.uniform(1, 9), (side, side)).astype(np.float32)
    return (texture + grain)[:, :, None] + _grey(rng)


def _speckled(rng: np.random.Generator, side: int) -> Floats:
    background = _concrete(rng, side)
    for _ in range(int(rng.integers(60, 320))):
        centre = (int(rng.integers(side)), int(rng.integers(side)))
        shade = np.clip(_grey(rng) + _tint(rng, 12), 20, 250)
        cv2.circle(background, centre, int(rng.integers(1, 5)), tuple(float(value) for value in shade), -1)
    return background


def _tiles(rng: np.random.Generator, side: int) -> Floats:
    background = _concrete(rng, side)
    joint = np.clip(background.mean() + rng.choice([-45, 30]), 10, 250)
    step, turn = rng.uniform(50, 190), rng.uniform(0, np.pi / 2)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    u = (x * np.cos(turn) + y * np.sin(turn) + rng.uniform(0, step)) % step
    v = (y * np.cos(turn) - x * np.sin(turn) + rng.uniform(0, step)) % step
    background[np.minimum(u, v) < rng.uniform(1, 4)] = joint
    return background


def _wood(rng: np.random.Generator, side: int) -> Floats:
    y = np.mgrid[0:side, 0:side][0].astype(np.float32)
    waves = np.sin((y + 9 * noise(rng, side, 64, 16)) / rng.uniform(2, 9)) * rng.uniform(4, 14)
    streaks = cv2.GaussianBlur(rng.normal(0, 30, (side, side)).astype(np.float32), (0, 0), sigmaX=18, sigmaY=0.8) * 2
    base = np.array([70, 115, 165], np.float32) * rng.uniform(0.5, 1.35) + _tint(rng, 12)
    background = (waves + streaks)[:, :, None] + base
    if rng.random() < 0.6:
        step = int(rng.integers(30, 90))
        background[(y.astype(int) + int(rng.integers(step))) % step < 2] *= 0.6
    return np.ascontiguousarray(np.rot90(background, 1 if rng.random() < 0.5 else 0))


def _cloth(rng: np.random.Generator, side: int) -> Floats:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    period = rng.uniform(2, 7)
    weave = (np.sin(x * 6.28 / period) + np.sin(y * 6.28 / period)) * rng.uniform(2, 9)
    folds = noise(rng, side, 128, 32) * rng.uniform(3, 16)
    return np.asarray((weave + folds)[:, :, None] + rng.uniform(20, 235, 3), np.float32)


def _grass(rng: np.random.Generator, side: int) -> Floats:
    base = np.array([60, 105, 85], np.float32) * rng.uniform(0.5, 1.5) + _tint(rng, 12)
    background = noise(rng, side, 32, 2)[:, :, None] * 22 + base
    for _ in range(500):
        x, y = rng.integers(side, size=2)
        dx, dy = rng.normal(0, 9, 2)
        shade = np.clip(base * rng.uniform(0.5, 1.8), 0, 255)
        cv2.line(background, (int(x), int(y)), (int(x + dx), int(y + dy)), tuple(float(value) for value in shade), 1)
    return np.asarray(background, np.float32)


def _plain(rng: np.random.Generator, side: int) -> Floats:
    return noise(rng, side, 128, 64)[:, :, None] * 3 + rng.uniform(90, 250) + _tint(rng, 10)


def _clutter(rng: np.random.Generator, side: int) -> Floats:
    background = _plain(rng, side)
    for _ in range(int(rng.integers(4, 14))):
        shade = tuple(float(value) for value in rng.uniform(10, 245, 3))
        box = (
            (float(rng.integers(side)), float(rng.integers(side))),
            tuple(rng.uniform(12, 130, 2)),
            rng.uniform(0, 90),
        )
        cv2.fillPoly(background, [cv2.boxPoints(box).astype(np.int32)], shade)
    soft = cv2.GaussianBlur(background, (0, 0), rng.uniform(0.5, 3))
    return np.asarray(soft + noise(rng, side, 16, 2)[:, :, None] * 4, np.float32)
