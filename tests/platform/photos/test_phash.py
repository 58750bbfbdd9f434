"""The perceptual hash is imagehash's, and steady under what messengers do to photos."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.platform.photos.samples import encoded, exif, scene

from bunri.domains.waste.settings import WasteSettings
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.phash import phash
from bunri.platform.photos.photo import open_photo

LIMITS = PhotoLimits()
NEAR = WasteSettings().near_bits


def imagehash_phash(picture: Image.Image) -> bytes:
    """``imagehash.phash(picture, hash_size=16)`` (imagehash 4.3) with SciPy's DCT-II written out as its sum."""
    grey = np.asarray(picture.convert("L").resize((64, 64), Image.Resampling.LANCZOS), np.float64)
    low = dct(dct(grey, axis=0), axis=1)[:16, :16]
    bits = "".join("1" if value else "0" for value in (low > np.median(low)).flatten())
    return int(bits, 2).to_bytes(32, "big")


def dct(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    size = values.shape[axis]
    moved = np.moveaxis(values, axis, 0)
    rows = [2 * sum(moved[n] * np.cos(np.pi * k * (2 * n + 1) / (2 * size)) for n in range(size)) for k in range(size)]
    return np.moveaxis(np.array(rows), 0, axis)


def apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


class TestAgreement:
    @pytest.mark.parametrize("seed", range(8))
    def test_same_bits_as_imagehash_but_for_the_rounding_of_grey(self, seed: int) -> None:
        picture = scene(400, 300, seed)
        assert apart(open_photo(encoded(picture, "PNG"), LIMITS).phash, imagehash_phash(picture)) <= 2
        grey = picture.convert("L")
        assert open_photo(encoded(grey, "PNG"), LIMITS).phash == imagehash_phash(grey)

    @pytest.mark.parametrize("seed", range(4))
    def test_few_bits_apart_when_decoded_at_a_quarter(self, seed: int) -> None:
        data = encoded(scene(4032, 3024, seed), "JPEG", quality=92)
        photo = open_photo(data, LIMITS)
        assert photo.pixels.shape == (756, 1008, 3)
        assert apart(photo.phash, imagehash_phash(Image.open(BytesIO(data)))) <= 6


@cache
def hash_of_scene(seed: int) -> bytes:
    return open_photo(encoded(scene(1280, 960, seed), "PNG"), LIMITS).phash


class TestSteadiness:
    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize(("kind", "quality"), [("JPEG", 75), ("WEBP", 75), ("HEIF", 90)])
    def test_survives_being_sent_through_a_messenger(self, seed: int, kind: str, quality: int) -> None:
        smaller = scene(1280, 960, seed).resize((960, 720), Image.Resampling.BICUBIC)
        assert apart(hash_of_scene(seed), open_photo(encoded(smaller, kind, quality=quality), LIMITS).phash) <= 8

    def test_is_of_the_upright_picture(self) -> None:
        turned = encoded(scene().transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif(6))
        assert open_photo(turned, LIMITS).phash == open_photo(encoded(scene(), "PNG"), LIMITS).phash

    def test_different_scenes_are_far_apart(self) -> None:
        hashes = [phash(np.asarray(scene(seed=seed))) for seed in range(10)]
        assert min(apart(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 60


def lively(seed: int) -> Image.Image:
    """Detail of every size, as in a photo; in smooth blobs alone half of the hash is about next to nothing."""
    random = np.random.default_rng(seed)
    values = np.zeros((480, 640, 3))
    for cells in (6, 12, 24, 48, 96):
        grain = Image.fromarray(random.integers(0, 256, (cells * 3 // 4, cells, 3), np.uint8))
        values += np.asarray(grain.resize((640, 480), Image.Resampling.BICUBIC), float) / 5
    return Image.fromarray(values.astype(np.uint8))


@cache
def hash_of_lively(seed: int) -> bytes:
    return open_photo(encoded(lively(seed), "PNG"), LIMITS).phash


class TestNear:
    """What the memory calls near (docs/near-duplicates.md measures it on real photos)."""

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize(("kind", "quality"), [("JPEG", 90), ("JPEG", 60), ("WEBP", 80), ("HEIF", 90)])
    def test_saved_again(self, seed: int, kind: str, quality: int) -> None:
        again = open_photo(encoded(lively(seed), kind, quality=quality), LIMITS)
        assert apart(hash_of_lively(seed), again.phash) <= NEAR

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("scale", [0.25, 0.5, 0.8, 2.0])
    def test_resized(self, seed: int, scale: float) -> None:
        picture = lively(seed)
        other = picture.resize((round(picture.width * scale), round(picture.height * scale)))
        again = open_photo(encoded(other, "JPEG", quality=85), LIMITS)
        assert apart(hash_of_lively(seed), again.phash) <= NEAR

    def test_other_pictures_are_not(self) -> None:
        hashes = [open_photo(encoded(lively(seed), "JPEG"), LIMITS).phash for seed in range(30)]
        assert min(apart(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 5 * NEAR
