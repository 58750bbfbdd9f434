"""Colour profiles: what a browser shows is what is read."""

from typing import Final

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.platform.photos.samples import RED, SRGB_COLORANTS, corners, encoded, icc_profile

from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture

DISPLAY_P3: Final = icc_profile((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
SWAPPED: Final = icc_profile(SRGB_COLORANTS[2], SRGB_COLORANTS[1], SRGB_COLORANTS[0])
KINDS: Final = ("JPEG", "PNG", "WEBP", "HEIF")


def first_colour(picture: Image.Image, kind: str, **options: object) -> tuple[int, ...]:
    """RGB of the upper left quarter."""
    pixels = open_picture(encoded(picture, kind, **options), PhotoLimits()).pixels
    return tuple(int(value) for value in pixels[pixels.shape[0] // 4, pixels.shape[1] // 4][::-1])


def close(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() <= 14)


class TestProfiles:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("size", [(160, 96), (4000, 2400)])
    def test_are_applied(self, kind: str, size: tuple[int, int]) -> None:
        found = first_colour(corners(*size), kind, icc_profile=SWAPPED)
        assert close(found, RED[::-1])

    def test_of_a_heic_are_applied(self) -> None:
        picture = corners()
        picture.info["icc_profile"] = SWAPPED
        assert close(first_colour(picture, "HEIF"), RED[::-1])

    @pytest.mark.parametrize("size", [(160, 96), (4000, 2400)])
    def test_of_a_palette_are_applied(self, size: tuple[int, int]) -> None:
        assert close(first_colour(corners(*size).quantize(4), "PNG", icc_profile=SWAPPED), RED[::-1])

    def test_leave_transparency_as_it_is(self) -> None:
        clear = corners().convert("RGBA")
        clear.putalpha(0)
        assert close(first_colour(clear, "PNG", icc_profile=SWAPPED), (255, 255, 255))

    def test_of_an_iphone_make_colours_stronger(self) -> None:
        plain, wide = (
            first_colour(corners().convert("RGB"), "PNG", **options) for options in ({}, {"icc_profile": DISPLAY_P3})
        )
        assert wide[0] > plain[0]
        assert wide[1] < plain[1]

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        "profile",
        [
            b"",
            b"not a profile",
            bytes(200),
            SWAPPED[:100],
            ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        ],
        ids=["none", "words", "zeros", "half", "lab"],
    )
    def test_that_cannot_be_used_change_nothing(self, kind: str, profile: bytes) -> None:
        options = {"icc_profile": profile} if profile and kind != "HEIF" else {}
        assert close(first_colour(corners(), kind, **options), RED)

    def test_of_srgb_change_nothing(self) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        assert first_colour(corners(), "PNG", icc_profile=srgb) == RED

    def test_of_another_kind_of_colours_change_nothing(self) -> None:
        assert close(first_colour(corners().convert("L"), "PNG", icc_profile=SWAPPED), (85, 85, 85))
        assert close(first_colour(corners().convert("CMYK"), "JPEG", icc_profile=SWAPPED), RED)
