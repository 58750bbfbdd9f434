"""What a container tells about its picture before any pixel is decoded."""

from typing import NamedTuple


class Outline(NamedTuple):
    """``width`` and ``height`` as stored, EXIF ``orientation`` 1–8; not ``whole`` when the end is missing.

    ``working_bytes``: about how much memory its decoder takes, beside the bytes of the file.
    """

    width: int
    height: int
    frames: int = 1
    orientation: int = 1
    whole: bool = True
    working_bytes: int = 0
