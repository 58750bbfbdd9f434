"""Variants of a photo as they arise between two uploads. They are deterministic: always the same bytes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Picture = Image.Image
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""EXIF orientation → how the sensor's rows lie when that tag puts them upright again (TIFF 6.0 §8)."""
_ORIENTATION: Final = 0x0112
_QUALITY: Final = 90
"""JPEG quality of changed pictures."""
_MESSENGER_SCALE: Final = 1280 / 4000
"""Messengers make a phone's 4000 pixels 1280; our photos have 512, so they shrink as much instead of to as many."""
_PHONE: Final = (720, 1560)


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of change. ``make`` returns the bytes of the changed file."""

    name: str
    kind: str
    make: Callable[[Picture, np.random.Generator], bytes]

    def of(self, picture: Picture, photo: str) -> bytes:
        """The file of ``picture``. Its random choices (crop, noise) are seeded by ``photo`` and the variant's name."""
        digest = hashlib.sha256(f"{photo}|{self.name}".encode()).digest()
        return self.make(picture, np.random.default_rng(int.from_bytes(digest[:8])))


def _saved(picture: Picture, kind: str = "JPEG", quality: int = _QUALITY) -> bytes:
    out = BytesIO()
    picture.save(out, kind, quality=quality)
    return out.getvalue()


def _again(kind: str, quality: int) -> Callable[[Picture, np.random.Generator], bytes]:
    return lambda picture, _: _saved(picture, kind, quality)


def _scaled(picture: Picture, scale: float) -> Picture:
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BICUBIC)


def _resized(scale: float, quality: int = _QUALITY) -> Callable[[Picture, np.random.Generator], bytes]:
    return lambda picture, _: _saved(_scaled(picture, scale), quality=quality)


def _forwarded(picture: Picture, _: np.random.Generator) -> bytes:
    """Three times through a messenger; after the first it is small enough."""
    data = _saved(_scaled(picture, _MESSENGER_SCALE), quality=70)
    for _time in range(2):
        data = _saved(Image.open(BytesIO(data)), quality=70)
    return data


def _cropped(share: float) -> Callable[[Picture, np.random.Generator], bytes]:
    """``share`` of the width and of the height is cut off, anywhere between wholly left and wholly right."""

    def make(picture: Picture, random: np.random.Generator) -> bytes:
        width, height = (round(side * (1 - share)) for side in picture.size)
        left = int(random.integers(0, picture.width - width + 1))
        top = int(random.integers(0, picture.height - height + 1))
        return _saved(picture.crop((left, top, left + width, top + height)))

    return make


def _turned(picture: Picture, random: np.random.Generator) -> bytes:
    """The same pixels without loss, as a camera held another way stores them; each of the seven ways has its turn."""
    return turned(picture, int(random.integers(2, 9)))


def turned(picture: Picture, orientation: int) -> bytes:
    """A PNG whose EXIF orientation (2–8) puts the picture upright."""
    tags, out = Image.Exif(), BytesIO()
    tags[_ORIENTATION] = orientation
    picture.transpose(_TURNS[orientation]).save(out, "PNG", compress_level=1, exif=tags.tobytes())
    return out.getvalue()


def _lit(
    gain: float = 1, around: float = 0, colours: tuple[float, float, float] = (1, 1, 1)
) -> Callable[[Picture, np.random.Generator], bytes]:
    """Values stretched by ``gain`` about ``around``, each colour by its own factor more."""

    def make(picture: Picture, _: np.random.Generator) -> bytes:
        values = (np.asarray(picture, np.float32) - around) * gain * np.array(colours, np.float32) + around
        return _saved(Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8)))

    return make


def _screenshot(ground: str, ink: str) -> Callable[[Picture, np.random.Generator], bytes]:
    """A phone's screen that shows the photo as wide as it is, with the clock and the battery on top."""

    def make(picture: Picture, _: np.random.Generator) -> bytes:
        screen = Image.new("RGB", _PHONE, ground)
        shown = _scaled(picture, min(_PHONE[0] / picture.width, _PHONE[1] / picture.height))
        screen.paste(shown, ((_PHONE[0] - shown.width) // 2, (_PHONE[1] - shown.height) // 2))
        pen = ImageDraw.Draw(screen)
        pen.text((30, 16), "12:30", ink, font_size=24)
        pen.rounded_rectangle((650, 18, 690, 38), 4, outline=ink, width=2)
        pen.rectangle((654, 22, 676, 34), ink)
        return _saved(screen)

    return make


def _blurred(picture: Picture, _: np.random.Generator) -> bytes:
    return _saved(picture.filter(ImageFilter.GaussianBlur(1.5)))


def _noisy(picture: Picture, random: np.random.Generator) -> bytes:
    values = np.asarray(picture, np.float32) + random.normal(0, 8, (picture.height, picture.width, 3))
    return _saved(Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8)))


VARIANTS: Final = (
    *(Variant(f"JPEG {quality}", "saved again", _again("JPEG", quality)) for quality in (90, 75, 50, 30)),
    *(Variant(f"WebP {quality}", "saved again", _again("WEBP", quality)) for quality in (80, 50)),
    *(Variant(f"resized to {scale:.0%}", "resized", _resized(scale)) for scale in (0.75, 0.5, 0.25, 2.0)),
    Variant("messenger", "messenger", _resized(_MESSENGER_SCALE, 70)),
    Variant("messenger, three times", "messenger", _forwarded),
    Variant("turned by EXIF", "turned by EXIF", _turned),
    *(Variant(f"cropped by {share:.0%}", "cropped", _cropped(share)) for share in (0.02, 0.05, 0.08)),
    Variant("15 % darker", "light", _lit(0.85)),
    Variant("30 % darker", "light", _lit(0.7)),
    Variant("15 % brighter", "light", _lit(1.15)),
    Variant("30 % brighter", "light", _lit(1.3)),
    Variant("less contrast", "light", _lit(0.8, 128)),
    Variant("more contrast", "light", _lit(1.2, 128)),
    Variant("warmer", "light", _lit(colours=(1.1, 1, 0.85))),
    Variant("cooler", "light", _lit(colours=(0.9, 1, 1.1))),
    Variant("blurred", "blur and noise", _blurred),
    Variant("noisy", "blur and noise", _noisy),
    Variant("screenshot, dark", "screenshot", _screenshot("black", "white")),
    Variant("screenshot, light", "screenshot", _screenshot("white", "black")),
)
"""Every photo has each of these."""
