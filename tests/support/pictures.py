"""Pictures made on the spot."""

import os
from collections import Counter
from hashlib import sha256
from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

_made: Counter[str] = Counter()


def new_photo(**options: object) -> bytes:
    """A JPEG that nobody has had before in this run (see ``new_picture``)."""
    return encoded(new_picture(), "JPEG", **{"quality": 88, **options})


def new_picture(width: int = 640, height: int = 480) -> Image.Image:
    """A picture that nobody has had before in this run, and like no other to a perceptual hash.

    It follows from the name of the test that asks and from how many that test has had: run again, it gets the same.
    """
    test = os.environ.get("PYTEST_CURRENT_TEST", "outside of tests")
    _made[test] += 1
    digest = sha256(f"{test} {_made[test]}".encode()).digest()
    return picture(int.from_bytes(digest[:8], "big"), width, height)


def picture(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    """Soft blobs of colour: a photo to every decoder. For who needs the same picture twice."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def noise(mean: int, grain: float, width: int = 640, height: int = 480) -> Image.Image:
    """What a sensor gives of nothing: an even grey of ``mean`` with grain (its standard deviation)."""
    random = np.random.default_rng(mean)
    return Image.fromarray(np.clip(random.normal(mean, grain, (height, width, 3)), 0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(seed: int, **options: object) -> bytes:
    return encoded(picture(seed), "JPEG", **{"quality": 88, **options})
