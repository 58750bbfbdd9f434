"""Whatever bytes arrive, the answer is a photo or one of our errors."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.platform.photos.samples import corners, encoded, exif, webp_animation

from bunri.kit.languages import LANGUAGES, Language, text
from bunri.platform.photos.errors import (
    BrokenPhoto,
    EmptyPhoto,
    NotAPhoto,
    PhotoTooLarge,
    TooCostly,
    TooManyFrames,
    TooManyPixels,
    UnknownFile,
)
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import make_thumbnail, open_photo

REFUSALS = (BrokenPhoto, EmptyPhoto, NotAPhoto, PhotoTooLarge, TooCostly, TooManyFrames, TooManyPixels, UnknownFile)
LIMITS = PhotoLimits(max_bytes=100_000, max_pixels=1_000_000)
GOOD = (
    encoded(corners(64, 48), "JPEG", exif=exif(6, gps=True)),
    encoded(corners(64, 48), "JPEG", progressive=True),
    encoded(corners(64, 48).convert("CMYK"), "JPEG"),
    encoded(corners(64, 48), "PNG", exif=exif(3)),
    encoded(corners(64, 48).quantize(4), "PNG"),
    encoded(corners(64, 48), "WEBP", exif=exif(8)),
    encoded(corners(64, 48), "WEBP", lossless=True),
    webp_animation(3),
    encoded(corners(64, 48), "HEIF"),
)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBPVP8X", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")


def photo_or_refusal(data: bytes) -> None:
    try:
        photo = open_photo(data, LIMITS)
    except REFUSALS:
        return
    assert photo.pixels.shape[2] == 3
    assert len(photo.phash) == 32
    assert make_thumbnail(photo)


class TestHostileBytes:
    @given(st.binary(max_size=200))
    @settings(max_examples=200)
    def test_random_bytes(self, data: bytes) -> None:
        photo_or_refusal(data)

    @given(st.sampled_from(MAGIC), st.binary(max_size=400))
    @settings(max_examples=400)
    def test_random_bytes_behind_a_true_beginning(self, magic: bytes, data: bytes) -> None:
        photo_or_refusal(magic + data)

    @given(st.sampled_from(GOOD), st.data())
    @settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
    def test_good_photos_with_some_bytes_changed(self, good: bytes, data: st.DataObject) -> None:
        broken = bytearray(good)
        for _ in range(data.draw(st.integers(1, 8))):
            broken[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
        photo_or_refusal(bytes(broken))

    @given(st.sampled_from(GOOD), st.integers(0, 5000), st.integers(0, 5000), st.binary(max_size=30))
    @settings(max_examples=300)
    @example(GOOD[0], 20, 21, b"")
    def test_good_photos_with_a_piece_replaced(self, good: bytes, start: int, end: int, piece: bytes) -> None:
        photo_or_refusal(good[:start] + piece + good[end:])


class TestSentences:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_refusal_has_its_sentence(self, language: Language) -> None:
        data = {"looks_like": "PDF", "limit_mb": 20, "limit_mp": 52, "frames": 9, "width": 1, "height": 1}
        for refusal in REFUSALS:
            assert text(f"errors.{refusal.code}", language, **data)
