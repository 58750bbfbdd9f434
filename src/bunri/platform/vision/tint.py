"""Whether the pixels show that a bottle is coloured. Pure; no learning.

Clear PET is collected by itself, coloured PET is not. A coloured body is coloured nearly from shoulder to foot, in a
colour that its background does not have; a label or a cap colours only a part of it. The reverse is not decided:
a bottle without colour may be clear, white or grey, and on the reference pictures no measure of colour, brightness or
texture told those apart well enough (docs/answers.md).
"""

from typing import Final

import cv2
import numpy as np

from bunri.platform.vision.protocol import Pixels

BOTTLES: Final = frozenset({"bottle"})
"""Labels of objects whose colour matters."""

_WIDE, _HIGH = 48, 96
_BODY: Final = (slice(14, 90), slice(14, 34))
"""Below neck and cap, above the foot; the middle of the width."""

_GROUND: Final = 3
"""Columns at either side that a crop with a margin shows of the background."""

_CHROMA: Final = 18.0
_APART: Final = 14.0
"""In CIELAB, where 2.3 is just noticeable: more is a colour, and another one than the background's."""

_ROWS: Final = 0.7
"""Of the body's rows: labels of the reference pictures cover up to 0.55 of a clear bottle."""


def coloured(crop: Pixels) -> bool:
    """Whether the bottle that fills a BGR crop has a coloured body; False where that cannot be told."""
    small = cv2.resize(crop, (_WIDE, _HIGH), interpolation=cv2.INTER_AREA)
    tints = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)[:, :, 1:]
    ground = np.median(np.concatenate([tints[:, :_GROUND], tints[:, -_GROUND:]], axis=1), axis=(0, 1))
    body = tints[_BODY]
    chroma = np.median(np.linalg.norm(body, axis=2), axis=1)
    apart = np.median(np.linalg.norm(body - ground, axis=2), axis=1)
    return bool((chroma > _CHROMA).mean() >= _ROWS and (apart > _APART).mean() >= _ROWS)
