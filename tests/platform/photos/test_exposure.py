"""What shows nothing is told from what is only dark, pale or plain."""

import random
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance
from tests.conftest import SHARED
from tests.support.pictures import encoded, noise, picture

from bunri.platform.photos.errors import EmptyPicture, TooDark
from bunri.platform.photos.exposure import check_shows_something
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture


def check(shown: Image.Image) -> None:
    """As a phone sends it."""
    check_shows_something(open_picture(encoded(shown, "JPEG", quality=85), PhotoLimits()).pixels)


def plain(colour: str | tuple[int, int, int], width: int = 640, height: int = 480) -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def shaded(low: int, high: int) -> Image.Image:
    """A wall beside a lamp."""
    ramp = np.linspace(low, high, 640)[None, :] + np.linspace(0, 20, 480)[:, None]
    return Image.fromarray(np.repeat(ramp.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2))


class TestDark:
    @pytest.mark.parametrize(
        "shown",
        [
            plain("black"),
            plain((20, 10, 5)),
            noise(6, 12),
            noise(25, 15, 3000, 2000),
            ImageEnhance.Brightness(picture(1)).enhance(0.08),
            plain("black", 1, 1),
            plain("black", 3000, 2),
        ],
        ids=["black", "brown", "lens cap", "grain at 25", "no light", "one pixel", "a line"],
    )
    def test_darkness_is_refused(self, shown: Image.Image) -> None:
        with pytest.raises(TooDark):
            check(shown)

    def test_a_small_thing_in_a_dark_room_is_seen(self) -> None:
        shown = noise(8, 6)
        ImageDraw.Draw(shown).rectangle((300, 220, 380, 290), fill=(120, 110, 90))
        check(shown)

    def test_evening_is_light_enough(self) -> None:
        check(ImageEnhance.Brightness(picture(2)).enhance(0.3))


class TestEmpty:
    @pytest.mark.parametrize(
        "shown",
        [plain("white"), plain((128, 128, 128)), plain("red"), noise(130, 12), noise(245, 6), shaded(120, 220)],
        ids=["white", "grey", "red", "grainy grey", "overexposed", "a lamp on a wall"],
    )
    def test_an_even_picture_is_refused(self, shown: Image.Image) -> None:
        with pytest.raises(EmptyPicture):
            check(shown)

    @pytest.mark.parametrize("ground", ["white", "black", (150, 150, 150)])
    def test_a_thing_on_it_is_seen(self, ground: str | tuple[int, int, int]) -> None:
        shown = plain(ground)
        ImageDraw.Draw(shown).ellipse((300, 220, 360, 280), fill=(190, 190, 185) if ground == "white" else "white")
        check(shown)

    def test_what_differs_in_colour_alone_is_seen(self) -> None:
        shown = plain((120, 120, 120))
        ImageDraw.Draw(shown).rectangle((200, 150, 400, 300), fill=(150, 100, 130))
        check(shown)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no reference data")
def test_no_real_photo_is_refused() -> None:
    data = SHARED / "data"
    trashnet = random.Random(1).sample(sorted((data / "trashnet").rglob("*.jpg")), 200)
    photos = [path for folder in ("photos", "more-photos") for path in (data / folder).rglob("*") if _is_photo(path)]
    refused = []
    for path in [*trashnet, *photos]:
        try:
            check_shows_something(np.asarray(cv2.imread(str(path), cv2.IMREAD_REDUCED_COLOR_2), np.uint8))
        except (TooDark, EmptyPicture) as error:
            refused.append((path.name, error.code))
    assert len(photos) > 1000
    assert refused == []


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")
