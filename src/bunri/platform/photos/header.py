"""All checks before a photo is decoded, since decompression bombs take effect in decoders (OWASP ASVS 5 §5.2)."""

from collections.abc import Callable, Mapping
from typing import Final

from bunri.platform.photos import gif, heif, jpeg, png, webp
from bunri.platform.photos.errors import BrokenPhoto, EmptyPhoto, PhotoTooLarge, TooCostly, TooManyFrames, TooManyPixels
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.outline import Outline
from bunri.platform.photos.picture import Header
from bunri.platform.photos.sniff import MediaType, media_type

_OUTLINES: Final[Mapping[MediaType, Callable[[bytes], Outline]]] = {
    "image/jpeg": jpeg.outline,
    "image/png": png.outline,
    "image/webp": webp.outline,
    "image/heic": heif.outline,
    "image/gif": gif.outline,
}


def probe(data: bytes, limits: PhotoLimits) -> Header:
    """Read the header and decode nothing.

    Raises EmptyPhoto, PhotoTooLarge, NotAPhoto, TooManyPixels, TooManyFrames, TooCostly and, when the end is missing,
    BrokenPhoto.
    """
    if not data:
        raise EmptyPhoto
    if len(data) > limits.max_bytes:
        raise PhotoTooLarge(size=len(data), limit_mb=limits.max_bytes // 2**20)
    kind = media_type(data, gif=limits.gif)
    found = _OUTLINES[kind](data)
    if found.width * found.height > limits.max_pixels:
        raise TooManyPixels(width=found.width, height=found.height, limit_mp=limits.max_pixels // 1_000_000)
    if found.frames > limits.max_frames:
        raise TooManyFrames(frames=found.frames, limit=limits.max_frames)
    if not found.whole:
        raise BrokenPhoto
    if found.working_bytes > limits.max_working_bytes:
        raise TooCostly
    return Header(kind, found.width, found.height, found.frames, found.orientation)
