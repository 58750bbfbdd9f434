"""By what a photo is found again, whatever was done to its file."""

from dataclasses import dataclass

from bunri.platform.photos.borders import WHOLE, inside, part
from bunri.platform.photos.landmarks import landmarks
from bunri.platform.photos.picture import Fractions, Photo, Pixels


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
    return Fingerprint((photo.phash, *_inner_hash(shown, box)), spots.numbers(), spots.sought())


def _inner_hash(shown: Pixels, box: Fractions) -> tuple[bytes, ...]:
    if box == WHOLE:
        return ()
    from bunri.platform.photos.phash import phash  # loads Pillow, which a worker does without until a screenshot comes

    return (phash(shown),)
