"""The hard case: photos of a camera on a stand, which are the same but for the thing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bunri.platform.photos.picture import Pixels

SIZE: Final = (1024, 768)
SHARES: Final = (0.7, 0.5, 0.35, 0.25)
"""Shares of the frame's sides that the thing with its board takes up."""
BACKGROUNDS: Final = ("trashnet/cardboard/cardboard100.jpg", "more-photos/clothing/dress")
"""A plain brown background, and a patterned one: a photo, or a folder whose first photo is taken."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A camera that does not move: its background, and the share of the frame that things take up."""

    background: str
    share: float

    @property
    def name(self) -> str:
        return f"{Path(self.background).name}, {self.share:.0%}"


STANDS: Final = tuple(Stand(background, share) for background in BACKGROUNDS for share in SHARES)


def scene(background: Pixels, thing: Pixels, share: float) -> bytes:
    """A JPEG of ``thing``, a photo, lying on the middle of ``background``, both BGR."""
    view = cv2.resize(background, SIZE, interpolation=cv2.INTER_CUBIC)
    width, height = (round(side * share) for side in SIZE)
    left, top = (SIZE[0] - width) // 2, (SIZE[1] - height) // 2
    view[top : top + height, left : left + width] = cv2.resize(thing, (width, height), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, 90])[1])


def read(data: Path, background: str) -> Pixels:
    """Raises FileNotFoundError when it is not there."""
    path = data / background
    found = min(path.glob("*.jpg"), default=None) if path.is_dir() else path
    if found is None:
        raise FileNotFoundError(path)
    return np.asarray(cv2.imdecode(np.frombuffer(found.read_bytes(), np.uint8), cv2.IMREAD_COLOR), np.uint8)
