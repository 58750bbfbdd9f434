"""Pictures made on the spot."""

import os
from collections import Counter
from hashlib import sha256
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

_made: Counter[str] = Counter()


def new_photo(**options: object) -> bytes:
    """A JPEG that nobody has had before in this run (see ``new_picture``)."""
    return encoded(new_picture(), "JPEG", **{"quality": 88, **options})


def new_picture(width: int = 640, height: int = 480) -> Image.Image:
    """A picture that nobody has had before in this run, and like no other to a perceptual hash.

    It follows from the name of the test that asks and from how many that test has had: run again, it gets the same.
    """
    return picture(new_seed(), width, height)


def new_seed() -> int:
    """Of a picture as ``new_picture`` gives it."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "outside of tests")
    _made[test] += 1
    digest = sha256(f"{test} {_made[test]}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


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


def on_a_table(table: int, thing: int, share: float = 0.3, width: int = 800, height: int = 600) -> Image.Image:
    """A thing that takes up ``share`` of both sides, in the middle of a table on which other things lie: both follow
    from their seeds."""
    view = _shapes(table, width, height)
    lying = _shapes(1_000_000 + thing, round(width * share), round(height * share))
    view.paste(lying, ((width - lying.width) // 2, (height - lying.height) // 2))
    return view.filter(ImageFilter.GaussianBlur(1))


def _shapes(seed: int, width: int, height: int) -> Image.Image:
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", (width, height), tuple(random.integers(0, 256, 3).tolist()))
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = random.integers(0, (width, height)).tolist()
        wide, high = random.integers(width // 20, width // 6, 2).tolist()
        pen.ellipse((x, y, x + wide, y + high), tuple(random.integers(0, 256, 3).tolist()))
    return picture


def cropped(picture: Image.Image, share: float) -> Image.Image:
    """Without ``share`` of its width and of its height, more of it at the right and below."""
    width, height = round(picture.width * share), round(picture.height * share)
    left, top = width // 3, height // 3
    return picture.crop((left, top, picture.width - width + left, picture.height - height + top))


def screenshot(picture: Image.Image, colour: str = "black") -> Image.Image:
    """A phone's screen that shows the picture as wide as it is, with a clock on top."""
    screen = Image.new("RGB", (720, 1560), colour)
    shown = picture.resize((720, round(720 * picture.height / picture.width)), Image.Resampling.BICUBIC)
    screen.paste(shown, (0, (screen.height - shown.height) // 2))
    ImageDraw.Draw(screen).text((30, 16), "12:30", "grey", font_size=24)
    return screen
