"""Draws boxes and names on a picture."""

import colorsys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bunri.kit.languages import Language
from bunri.platform.vision import coco
from bunri.platform.vision.protocol import Detection, Pixels

Colour = tuple[int, int, int]
"""Red, green, blue."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_HANGUL_FONTS: Final = (
    "NotoSansKR-Regular.otf", "NotoSansCJK-Regular.ttc", "NotoSansCJKkr-Regular.otf", "NanumGothic.ttf",
    "UnDotum.ttf", "AppleSDGothicNeo.ttc", "malgun.ttf",
)  # fmt: skip
_GOLDEN: Final = 0.618034
_FIRST_HUE: Final = 0.4
_MOST_STEPS: Final = 6
_MAX_CLEAR_LABELS: Final = 50
"""So many labels are placed without overlap; a picture with more is unreadable anyway."""


def annotate(pixels: Pixels, detections: Sequence[Detection], language: Language) -> Pixels:
    """A copy of an upright BGR picture with its detections drawn. Named in English where no font has Hangul."""
    height, width = pixels.shape[:2]
    size = max(16, max(height, width) // 40)
    font, language = _font(size, language)
    picture = Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
    draw = ImageDraw.Draw(picture)
    inks = colours(detection.label for detection in detections)
    boxes = [[side * length for side, length in zip(each.box, (width, height) * 2, strict=True)] for each in detections]
    for detection, box in reversed(list(zip(detections, boxes, strict=True))):  # the best last, on top
        draw.rectangle(box, outline=inks[detection.label], width=max(2, size // 7))
    labels: list[Rectangle] = []
    for detection, box in zip(detections, boxes, strict=True):
        name = f" {coco.name(detection.label, language)} {detection.score:.0%} "
        label = draw.textbbox((0, 0), name, font=font)
        corner = _free(label, box, (width, height), labels)
        draw.rectangle([part + offset for part, offset in zip(label, corner * 2, strict=True)], inks[detection.label])
        draw.text(corner, name, "black", font)
    return cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)


def _free(
    label: Rectangle, box: Sequence[float], picture: tuple[int, int], others: list[Rectangle]
) -> tuple[float, float]:
    """Where to write a label: above its box and inside the picture, lower while another is there."""
    width, height = label[2], label[3]
    left = max(0.0, min(box[0], picture[0] - width))
    top = max(0.0, box[1] - height)
    for _ in range(_MOST_STEPS):
        if not any(_overlap((left, top, left + width, top + height), other) for other in others):
            break
        top += height
    top = min(top, max(0.0, picture[1] - height))
    if len(others) < _MAX_CLEAR_LABELS:
        others.append((left, top, left + width, top + height))
    return left, top


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def colours(labels: Iterable[str]) -> dict[str, Colour]:
    """A light colour for each label, far from those of the labels before it."""
    return {label: _light(number * _GOLDEN % 1) for number, label in enumerate(dict.fromkeys(labels))}


def _light(hue: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb((hue + _FIRST_HUE) % 1, 0.65, 0.9)
    return int(red * 255), int(green * 255), int(blue * 255)


@cache
def _font(size: int, language: Language) -> tuple[Font, Language]:
    """Pillow looks through the system's font folders by file name, and carries a Latin font of its own."""
    for name in _HANGUL_FONTS if language == "ko" else ():
        try:
            return ImageFont.truetype(name, size), "ko"
        except OSError:
            continue
    return ImageFont.load_default(size), "en"
