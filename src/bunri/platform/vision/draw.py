"""Boxes and names on a picture, for people."""

import colorsys
from collections.abc import Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bunri.kit.languages import Language
from bunri.platform.vision import coco
from bunri.platform.vision.protocol import Detection, Pixels

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_HANGUL_FONTS: Final = (
    "NotoSansKR-Regular.otf", "NotoSansCJK-Regular.ttc", "NotoSansCJKkr-Regular.otf", "NanumGothic.ttf",
    "UnDotum.ttf", "AppleSDGothicNeo.ttc", "malgun.ttf",
)  # fmt: skip
_GOLDEN: Final = 0.618034


def annotate(pixels: Pixels, detections: Sequence[Detection], language: Language) -> Pixels:
    """A copy of an upright BGR picture with its detections drawn. Named in English where no font has Hangul."""
    height, width = pixels.shape[:2]
    size = max(14, max(height, width) // 50)
    font, language = _font(size, language)
    picture = Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB))
    draw = ImageDraw.Draw(picture)
    for detection in reversed(detections):  # the best last, on top
        box = [side * length for side, length in zip(detection.box, (width, height) * 2, strict=True)]
        colour = _colour(detection.label)
        draw.rectangle(box, outline=colour, width=max(2, size // 7))
        name = f" {coco.name(detection.label, language)} {detection.score:.0%} "
        _label(draw, (box[0], max(0.0, box[1] - size * 1.4)), name, font, colour)
    return cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)


def _label(
    draw: ImageDraw.ImageDraw, corner: tuple[float, float], name: str, font: Font, colour: tuple[int, int, int]
) -> None:
    draw.rectangle(draw.textbbox(corner, name, font=font), fill=colour)
    draw.text(corner, name, fill="black", font=font)


def _colour(label: str) -> tuple[int, int, int]:
    """The same light colour for the same class every time."""
    hue = sum(label.encode()) * _GOLDEN % 1
    red, green, blue = colorsys.hls_to_rgb(hue, 0.65, 0.9)
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
