"""By what a photo is found again, whatever was done to its file."""

from dataclasses import dataclass

from bunri.platform.photos.borders import WHOLE, inside, part
from bunri.platform.photos.landmarks import landmarks
from bunri.platform.photos.phash import phash
from bunri.platform.photos.picture import Photo


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``phashes``: of the picture, and of its part between bars where it has some. ``landmarks``: the numbers under
    which it is stored, and ``sought`` those under which an earlier copy may be (platform.photos.landmarks)."""

    phashes: tuple[bytes, ...]
    landmarks: list[int]
    sought: list[int]


def fingerprint_of(photo: Photo) -> Fingerprint:
    """Takes some 15 ms: call it from a thread."""
    box = inside(photo.pixels)
    shown = part(photo.pixels, box)
    spots = landmarks(shown)
    hashes = (photo.phash,) if box == WHOLE else (photo.phash, phash(shown))
    return Fingerprint(hashes, spots.numbers(), spots.sought())
