"""Pictures as the models were trained with them.

As ``transformers`` prepares them with Pillow: SigLIP squeezes the whole picture into its square, bilinearly, and scales
to −1…1; CLIP makes the shorter side fit, bicubically, cuts the middle out, and uses the mean and deviation of its own
training pictures.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.vocabulary.cards import Interface

_MEAN: Final = {"siglip": (0.5, 0.5, 0.5), "clip": (0.48145466, 0.4578275, 0.40821073)}
_DEVIATION: Final = {"siglip": (0.5, 0.5, 0.5), "clip": (0.26862954, 0.26130258, 0.27577711)}


def prepared(pictures: Sequence[Pixels], interface: Interface, side: int) -> NDArray[np.float32]:
    """Upright BGR pictures as n × 3 × side × side, RGB, normalised."""
    mean = np.asarray(_MEAN[interface], np.float32)
    deviation = np.asarray(_DEVIATION[interface], np.float32)
    batch = np.empty((len(pictures), 3, side, side), np.float32)
    for number, pixels in enumerate(pictures):
        picture = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
        square = _squeezed(picture, side) if interface == "siglip" else _middle(picture, side)
        scaled = np.asarray(square, np.float32) / np.float32(255)
        batch[number] = ((scaled - mean) / deviation).transpose(2, 0, 1)
    return batch


def _squeezed(picture: Image.Image, side: int) -> Image.Image:
    return picture.resize((side, side), Image.Resampling.BILINEAR)


def _middle(picture: Image.Image, side: int) -> Image.Image:
    """The middle of the picture whose shorter side is ``side``. A sliver's longer side is bounded."""
    short, long = sorted(picture.size)
    length = min(int(side * long / short), _LONGEST * side)
    width, height = (length, side) if picture.width > picture.height else (side, length)
    resized = picture.resize((width, height), Image.Resampling.BICUBIC)
    left, top = (width - side) // 2, (height - side) // 2
    return resized.crop((left, top, left + side, top + side))


_LONGEST: Final = 20
