"""What a decoder is asked and what it answers, as it is written on one side of a channel and read on the other.

The reading side trusts nothing: it raises ValueError, KeyError or TypeError for what no decoder of ours would say.
"""

from collections.abc import Mapping
from typing import Any, Final, get_args

import numpy as np

from bunri.kit.errors import BunriError
from bunri.platform.photos import errors
from bunri.platform.photos.channel import Channel
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.picture import CleanPicture, Header, Photo, Picture, Pixels
from bunri.platform.photos.sniff import MediaType

Message = dict[str, Any]

_ERRORS: Final[Mapping[str, type[BunriError]]] = {
    kind.code: kind
    for kind in (
        errors.BrokenPhoto,
        errors.EmptyPhoto,
        errors.NotAPhoto,
        errors.PhotoTooLarge,
        errors.TooCostly,
        errors.TooManyFrames,
        errors.TooManyPixels,
        errors.UnknownFile,
    )
}
_LARGEST_THUMBNAIL: Final = 4 * 2**20
"""Bytes; 1024 × 1024 pixels of noise take some 600,000."""
_LARGEST_AVATAR: Final = 2**18
_LARGEST_CLEAN: Final = 16 * 2**20
"""2048 × 2048 pixels of noise take some 4 MB."""


# ── the decoder writes ────────────────────────────────────────────────────────────────────────────────────────────────


def error_message(error: BunriError) -> Message:
    return {"error": error.code, "data": error.data}


def header_message(header: Header) -> Message:
    return {"header": [header.media_type, header.width, header.height, header.frames, header.orientation]}


def picture_message(picture: Picture) -> Message:
    """The pixels follow it."""
    return header_message(picture.header) | {"shape": picture.pixels.shape[:2]}


def photo_message(photo: Photo) -> Message:
    """The pixels follow it, and what is stored of the photo."""
    return picture_message(photo) | {"sha256": photo.sha256.hex(), "phash": photo.phash.hex()}


def avatar_message() -> Message:
    """The encoded square follows it."""
    return {"avatar": "webp"}


def clean_message(picture: CleanPicture) -> Message:
    """The picture follows it, and then the preview."""
    return {"clean": [picture.width, picture.height], "webp": len(picture.webp)}


# ── who asked reads ───────────────────────────────────────────────────────────────────────────────────────────────────


class Answers:
    """Reads answers about a photo with ``limits``."""

    def __init__(self, limits: PhotoLimits) -> None:
        self._limits = limits

    def header(self, channel: Channel) -> Header:
        message, size = _message(channel)
        _check(size == 0)
        return self._header(message)

    def picture(self, channel: Channel) -> Picture:
        message, size = _message(channel)
        pixels = self._pixels(message, size, channel)
        _check(pixels.nbytes == size)
        return Picture(pixels, self._header(message))

    def photo(self, channel: Channel) -> tuple[Photo, bytes]:
        """The photo and what is stored of it."""
        message, size = _message(channel)
        pixels = self._pixels(message, size, channel)
        _check(size - pixels.nbytes <= _LARGEST_THUMBNAIL)
        thumbnail = channel.read(size - pixels.nbytes)
        sha256, phash = bytes.fromhex(message["sha256"]), bytes.fromhex(message["phash"])
        _check(len(sha256) == len(phash) == 32)
        return Photo(pixels, self._header(message), sha256, phash), thumbnail

    def avatar(self, channel: Channel) -> bytes:
        """WebP of a square."""
        message, size = _message(channel)
        _check(message == avatar_message() and 0 < size <= _LARGEST_AVATAR)
        return channel.read(size)

    def clean(self, channel: Channel) -> CleanPicture:
        message, size = _message(channel)
        (width, height), length = message["clean"], message["webp"]
        _check(all(type(number) is int and number > 0 for number in (width, height, length)))
        _check(width * height <= self._limits.max_pixels and length < size <= _LARGEST_CLEAN)
        return CleanPicture(width, height, channel.read(length), channel.read(size - length))

    def _header(self, message: Message) -> Header:
        media_type, *numbers = message["header"]
        _check(media_type in get_args(MediaType) and all(type(number) is int for number in numbers))
        header = Header(media_type, *numbers)
        _check(header.width > 0 and header.height > 0 and header.width * header.height <= self._limits.max_pixels)
        _check(header.frames > 0 and 1 <= header.orientation <= 8)
        return header

    def _pixels(self, message: Message, size: int, channel: Channel) -> Pixels:
        height, width = message["shape"]
        _check(height > 0 and width > 0 and height * width <= self._limits.max_pixels and height * width * 3 <= size)
        pixels = np.empty((height, width, 3), np.uint8)
        channel.fill(pixels.data)
        return pixels


def _message(channel: Channel) -> tuple[Message, int]:
    """Raises the error that is in it."""
    message, size = channel.receive()
    if "error" in message:
        _check(size == 0)
        raise _ERRORS[message["error"]](**message["data"])
    return message, size


def _check(true: bool) -> None:
    if not true:
        raise ValueError("a decoder's answer that makes no sense")
