"""Pictures made on the spot; each seed is another one."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter


def picture(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    """Soft blobs of colour: a photo to every decoder, and like no other seed's to a perceptual hash."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(seed: int, **options: object) -> bytes:
    return encoded(picture(seed), "JPEG", **{"quality": 88, **options})
