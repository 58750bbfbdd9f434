"""Limits on photos."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Checked against the header, before anything is decoded. The defaults allow a phone's 50-megapixel mode.

    ``max_pixels`` is of width × height (8192 × 6144 is 50.3 million), ``max_working_bytes`` what a decoder may take
    (4 bytes × 50 megapixels, and something for the rows). Only the first frame of an animation is used. With ``gif``, a
    GIF is a photo, too.
    """

    max_bytes: int = 20 * 2**20
    max_pixels: int = 52_000_000
    max_working_bytes: int = 193 * 2**20
    max_frames: int = 100
    gif: bool = False
