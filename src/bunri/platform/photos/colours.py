"""Colours as they are meant: a picture with an ICC profile is put into sRGB, as browsers show it.

Every iPhone's photos carry a profile (Display P3), and read as sRGB they look paler than the thing is.
"""

from functools import lru_cache
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_LARGEST: Final = 2 * 2**20
"""Bytes. Profiles of printing presses have half a megabyte; a larger one is no help to anybody."""
_MODES: Final = ("RGB", "RGBA", "CMYK", "L")
_UNSEEN: Final = 2
"""Levels of 255 by which a profile may differ from sRGB without being applied."""


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB. One without a profile, or with one that cannot be read or is of other colours, stays."""
    if not profile or len(profile) > _LARGEST or picture.mode not in _MODES:
        return picture
    transform = _transform(profile, picture.mode)
    return transform.apply(picture) if transform else picture


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None for a profile that changes nothing to be seen."""
    target = "RGBA" if mode == "RGBA" else "RGB"
    try:
        read = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(read, ImageCms.createProfile("sRGB"), mode, target)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return transform if mode == "CMYK" or _changes(transform, mode) else None


def _changes(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    steps = range(0, 256, 51)
    samples = Image.fromarray(np.array([[(r, g, b) for r in steps for g in steps for b in steps]], np.uint8)).convert(
        mode
    )
    before, after = (np.asarray(one.convert("RGB"), np.int16) for one in (samples, transform.apply(samples)))
    return bool(np.abs(before - after).max() > _UNSEEN)
