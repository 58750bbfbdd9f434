"""Copies, crops and screenshots are the same picture, and another thing on the same table is not."""

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.support.pictures import cropped, encoded, noise, on_a_table, screenshot

from bunri.domains.waste.repository.fingerprints import LEAST_SHARED
from bunri.platform.photos.borders import WHOLE, inside
from bunri.platform.photos.fingerprint import Fingerprint, fingerprint_of
from bunri.platform.photos.landmarks import MOST, Landmarks, landmarks
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import make_thumbnail, open_photo
from bunri.platform.photos.picture import Fractions, Photo
from bunri.platform.photos.repeats import place_in, place_in_thumbnail

ORIGINAL = on_a_table(1, 1)


def photo(picture: Image.Image, quality: int = 88) -> Photo:
    return open_photo(encoded(picture, "JPEG", quality=quality), PhotoLimits())


def place(new: Image.Image, old: Image.Image = ORIGINAL) -> Fractions | None:
    return place_in(photo(new).pixels, photo(old).pixels)


def fingerprint(picture: Image.Image) -> Fingerprint:
    return fingerprint_of(photo(picture))


def shared(new: Image.Image, old: Image.Image = ORIGINAL) -> int:
    """Landmarks by which the new picture finds the old one."""
    return len({*fingerprint(new).sought} & {*fingerprint(old).landmarks})


class TestTheSame:
    def test_saved_with_more_compression_and_smaller(self) -> None:
        small = ORIGINAL.resize((256, 192), Image.Resampling.BICUBIC)
        assert place_in(photo(small, quality=40).pixels, photo(ORIGINAL).pixels) == pytest.approx(WHOLE, abs=0.01)

    @pytest.mark.parametrize("share", [0.02, 0.05, 0.08, 0.12])
    def test_a_crop_and_where_it_was_cut_out(self, share: float) -> None:
        found = place(cropped(ORIGINAL, share))
        assert found == pytest.approx((share / 3, share / 3, 1 - share * 2 / 3, 1 - share * 2 / 3), abs=0.015)

    @pytest.mark.parametrize("colour", ["black", "white"])
    def test_a_screenshot_reaches_beyond_the_photo(self, colour: str) -> None:
        found = place(screenshot(ORIGINAL, colour))
        assert found == pytest.approx((0, -0.944, 1, 1.944), abs=0.02)

    def test_a_photo_of_which_there_was_a_screenshot_before(self) -> None:
        assert place(ORIGINAL, screenshot(ORIGINAL)) == pytest.approx((0, 0.327, 1, 0.673), abs=0.01)

    def test_darker(self) -> None:
        assert place(ORIGINAL.point([round(value * 0.8) for value in range(256)] * 3)) is not None

    def test_what_was_kept_of_the_earlier_one_is_enough(self) -> None:
        kept = make_thumbnail(photo(ORIGINAL))
        assert place_in_thumbnail(photo(cropped(ORIGINAL, 0.05)).pixels, kept) is not None
        assert place_in_thumbnail(photo(ORIGINAL).pixels, b"no picture") is None


class TestAnother:
    @pytest.mark.parametrize("share", [0.5, 0.3, 0.15, 0.08])
    def test_thing_on_the_same_table(self, share: float) -> None:
        assert place(on_a_table(1, 2, share), on_a_table(1, 1, share)) is None

    @pytest.mark.parametrize("make", [lambda view: cropped(view, 0.05), screenshot], ids=["cropped", "screenshot"])
    def test_thing_on_the_same_table_cropped_or_in_a_screenshot(self, make: object) -> None:
        assert callable(make)
        assert place(make(on_a_table(1, 2))) is None

    def test_colour_of_the_same_brightness(self) -> None:
        recoloured = np.asarray(ORIGINAL).copy()
        thing = recoloured[210:390, 280:520]
        grey = cv2.cvtColor(thing, cv2.COLOR_RGB2GRAY)
        thing[:] = grey[..., None]
        assert place(Image.fromarray(recoloured)) is None

    def test_part_of_it_only(self) -> None:
        assert place(cropped(ORIGINAL, 0.4)) is None

    def test_more_than_the_earlier_one_showed(self) -> None:
        assert place(ORIGINAL, cropped(ORIGINAL, 0.08)) is None

    def test_picture_of_nothing_is_like_none(self) -> None:
        assert place(noise(120, 6), noise(121, 6)) is None


class TestBorders:
    def test_a_screenshot_has_bars_and_a_photo_none(self) -> None:
        assert inside(photo(ORIGINAL).pixels) == WHOLE
        left, top, right, bottom = inside(photo(screenshot(ORIGINAL)).pixels)
        assert (left, right) == (0, 1)
        assert (top, bottom) == pytest.approx((0.327, 0.673), abs=0.01)

    def test_bars_at_the_sides(self) -> None:
        wide = Image.new("RGB", (1600, 600), "white")
        wide.paste(ORIGINAL, (400, 0))
        assert inside(photo(wide).pixels) == pytest.approx((0.25, 0, 0.75, 1), abs=0.015)

    def test_a_thing_on_an_empty_ground_is_no_photo_between_bars(self) -> None:
        ground = Image.new("RGB", (800, 600), "white")
        ground.paste(ORIGINAL.resize((160, 120)), (320, 240))
        assert inside(photo(ground).pixels) == WHOLE

    def test_one_colour(self) -> None:
        assert inside(photo(Image.new("RGB", (64, 48), "white")).pixels) == WHOLE


class TestLandmarks:
    def test_they_are_found_in_copies_crops_and_screenshots(self) -> None:
        for copy in (ORIGINAL.resize((200, 150)), cropped(ORIGINAL, 0.08), screenshot(ORIGINAL, "white")):
            assert shared(copy) >= LEAST_SHARED

    def test_another_picture_has_others(self) -> None:
        assert shared(on_a_table(2, 2)) < LEAST_SHARED

    def test_a_number_is_one_of_those_sought(self) -> None:
        found = landmarks(photo(ORIGINAL).pixels)
        assert {*found.numbers()} <= {*found.sought()}
        assert len(found.numbers()) == MOST
        assert all(-(2**31) <= number < 2**31 for number in found.sought())

    def test_a_smooth_picture_has_none(self) -> None:
        found = landmarks(np.full((480, 640, 3), 200, np.uint8))
        assert (found.numbers(), found.sought()) == ([], [])

    def test_numbers_are_those_of_before(self) -> None:
        """Numbers are stored: other hyperplanes would find no photo again."""
        descriptors = (np.arange(256).reshape(2, 128) * 7919 % 251).astype(np.float32)
        assert Landmarks(np.zeros((2, 2)), descriptors).numbers() == [1202836819, -1386220885]
