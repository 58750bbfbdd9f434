"""From bytes to a decoded photo and its fingerprints, and to what we store of it."""

import hashlib
from io import BytesIO
from math import ceil
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bunri.platform.photos.decode import decode, fitted
from bunri.platform.photos.header import probe
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.phash import phash
from bunri.platform.photos.picture import CLEAN_SIDE, CleanPicture, Fractions, Photo, Picture

LONG_SIDE: Final = 960
"""Enough for detectors (≤ 640) and crops; lets a 12-megapixel JPEG (4032 or 4000 wide) be decoded at a quarter."""
THUMBNAIL_SIDE: Final = 1024
AVATAR_SIDE: Final = 256
CLEAN_BYTES: Final = 3_000_000
"""Of a picture that others may be shown: as base64 it fits into one call to another process (4 MiB)."""
_QUALITIES: Final = (82, 60, 40, 20)
"""Tried in turn. Only noise needs the second; the worst of it has 2.2 MB at the last."""
PREVIEW_SIDE: Final = 480


def open_picture(data: bytes, limits: PhotoLimits, *, at_least: int = LONG_SIDE, at_most: int | None = None) -> Picture:
    """Check and decode once; the long side is halved only while it stays ≥ ``at_least``, and is ≤ ``at_most``.

    Raises what ``probe`` and ``decode`` raise.
    """
    header = probe(data, limits)
    return Picture(decode(data, header, at_least, at_most), header)


def open_photo(data: bytes, limits: PhotoLimits, *, at_least: int = LONG_SIDE, sha256: bytes | None = None) -> Photo:
    """As ``open_picture``, with the fingerprints, which take some 4 ms of a 3 MB photo; ``sha256`` of ``data`` spares
    the longer half, where it is known."""
    picture = open_picture(data, limits, at_least=at_least)
    return Photo(picture.pixels, picture.header, sha256 or hashlib.sha256(data).digest(), phash(picture.pixels))


def make_thumbnail(photo: Picture) -> bytes:
    """What we store: WebP of at most 1024 × 1024, made from pixels alone, so no EXIF, GPS or smuggled payload is left.

    Method 0 takes a quarter of the time of the default (method 4) for 15–20 % more bytes at the same quality.
    """
    return _webp(_smaller(photo.pixels, THUMBNAIL_SIDE), method=0)


def make_avatar(picture: Picture) -> bytes:
    """The middle square of a picture, 256 × 256, as WebP without EXIF."""
    height, width = picture.pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture.pixels[top : top + side, left : left + side]
    interpolation = cv2.INTER_AREA if side > AVATAR_SIDE else cv2.INTER_CUBIC
    return _webp(cv2.resize(square, (AVATAR_SIDE, AVATAR_SIDE), interpolation=interpolation), method=4)


def make_clean(
    data: bytes, limits: PhotoLimits, *, crop: Fractions | None = None, side: int = CLEAN_SIDE
) -> CleanPicture:
    """What others may be shown: the picture, upright, as WebP of at most ``side`` × ``side`` and 3 MB, and a preview of
    at most 480 × 480. Both are made from pixels alone, so no EXIF, GPS or smuggled payload is left. With ``crop``
    nothing but that part of it, x1, y1, x2, y2 as fractions of the upright picture.

    Raises what ``open_picture`` raises.
    """
    pixels = open_picture(data, limits, at_least=side, at_most=side).pixels
    if crop:
        pixels = _part(pixels, crop)
    height, width = pixels.shape[:2]
    preview = _webp(_smaller(pixels, PREVIEW_SIDE), method=0)
    return CleanPicture(width, height, _clean_webp(pixels), preview)


def _clean_webp(pixels: NDArray[Any]) -> bytes:
    """As good as fits into CLEAN_BYTES."""
    written = b""
    for quality in _QUALITIES:
        written = _webp(pixels, method=0, quality=quality)
        if len(written) <= CLEAN_BYTES:
            break
    return written


def _part(pixels: NDArray[Any], crop: Fractions) -> NDArray[Any]:
    """One pixel at least."""
    height, width = pixels.shape[:2]
    left, top = min(int(crop[0] * width), width - 1), min(int(crop[1] * height), height - 1)
    right, bottom = max(ceil(crop[2] * width), left + 1), max(ceil(crop[3] * height), top + 1)
    return np.ascontiguousarray(pixels[max(top, 0) : bottom, max(left, 0) : right])


def _smaller(pixels: NDArray[Any], side: int) -> NDArray[Any]:
    height, width = pixels.shape[:2]
    size = fitted((width, height), side)
    return pixels if size == (width, height) else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _webp(pixels: NDArray[Any], method: int, quality: int = 75) -> bytes:
    out = BytesIO()
    Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)).save(out, "WEBP", quality=quality, method=method)
    return out.getvalue()
