"""Rendered shapes, and sentences about them: what a toy model can learn in a minute and be tried on."""

from typing import Final

import cv2
import numpy as np

from bunri.platform.vision.protocol import Pixels

COLOURS: Final = {"red": (40, 40, 210), "green": (60, 180, 60), "blue": (210, 90, 40), "yellow": (40, 210, 220)}
"""BGR."""
SHAPES: Final = ("circle", "square", "triangle", "ring")
THINGS: Final = tuple(f"{colour} {shape}" for colour in COLOURS for shape in SHAPES)


def sentences(thing: str) -> list[str]:
    return [f"a photo of a {thing}.", f"a {thing} on the floor.", f"one {thing}"]


def rendered(thing: str, chance: np.random.Generator, side: int = 64) -> Pixels:
    """A shape somewhere on a noisy grey ground, of any size and angle; BGR."""
    colour, shape = thing.split()
    ground = np.full((side, side, 3), chance.integers(60, 200), np.int16) + chance.integers(-15, 15, (side, side, 3))
    picture = np.ascontiguousarray(ground.clip(0, 255).astype(np.uint8))
    size = side * chance.uniform(0.2, 0.34)
    middle = chance.uniform(side * 0.38, side * 0.62, 2)
    shade = tuple(int(each) for each in np.clip(np.array(COLOURS[colour]) + chance.integers(-25, 25, 3), 0, 255))
    if shape in ("circle", "ring"):
        thickness = -1 if shape == "circle" else max(2, round(size / 3))
        cv2.circle(picture, middle.astype(int).tolist(), round(size), shade, thickness, cv2.LINE_AA)
    else:
        corners = 4 if shape == "square" else 3
        angles = chance.uniform(0, 2 * np.pi) + np.arange(corners) * 2 * np.pi / corners
        points = middle + size * 1.15 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        cv2.fillPoly(picture, [points.round().astype(np.int32)], shade, cv2.LINE_AA)
    return picture


def noise(chance: np.random.Generator, side: int = 64) -> Pixels:
    """A ground with nothing on it."""
    ground = np.full((side, side, 3), chance.integers(60, 200), np.int16) + chance.integers(-15, 15, (side, side, 3))
    return np.asarray(ground.clip(0, 255), np.uint8)
