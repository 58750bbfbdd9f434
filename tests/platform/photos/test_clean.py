"""Pictures that others are shown: upright, small enough, and with nothing in them but what they show."""

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.platform.photos.samples import BLUE, RED, corners, encoded, exif, png_bomb, scene

from bunri.app.rpc.server import LARGEST_CALL
from bunri.platform.photos.errors import BrokenPhoto, NotAPhoto, TooCostly, TooManyPixels
from bunri.platform.photos.header import probe
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import CLEAN_BYTES, make_clean
from bunri.platform.photos.picture import Header
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings

LIMITS = PhotoLimits(gif=True)


@pytest.fixture(scope="module")
def pool() -> Iterator[DecoderPool]:
    made = DecoderPool(DecoderSettings(cpu_s=60, deadline_s=60))
    yield made
    made.close()


def opened(webp: bytes) -> Image.Image:
    picture = Image.open(BytesIO(webp))
    assert picture.format == "WEBP"
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "GIF"])
def test_every_kind_becomes_a_webp_and_a_preview(pool: DecoderPool, kind: str) -> None:
    clean = pool.clean(encoded(scene(1200, 900), kind), LIMITS).result()
    assert (clean.width, clean.height) == (1200, 900) == opened(clean.webp).size
    assert opened(clean.preview).size == (480, 360)


def test_a_large_one_is_made_smaller(pool: DecoderPool) -> None:
    clean = pool.clean(encoded(scene(3000, 1000), "JPEG"), LIMITS).result()
    assert (clean.width, clean.height) == (2048, 683) == opened(clean.webp).size
    assert opened(clean.preview).size == (480, 160)


def test_noise_is_made_worse_until_it_fits_into_one_call_to_another_process(pool: DecoderPool) -> None:
    black_or_full = np.random.default_rng(1).integers(0, 2, (2048, 2048, 3), dtype=np.uint8) * np.uint8(255)
    webp = pool.clean(encoded(Image.fromarray(black_or_full), "PNG"), LIMITS).result().webp
    assert opened(webp).size == (2048, 2048)
    assert len(webp) <= CLEAN_BYTES
    assert len(b64encode(webp)) + 4096 < LARGEST_CALL  # beside the other arguments


def test_a_small_one_stays_as_large_as_it_is(pool: DecoderPool) -> None:
    clean = pool.clean(encoded(scene(40, 30), "PNG"), LIMITS).result()
    assert opened(clean.webp).size == (40, 30) == opened(clean.preview).size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_camera_is_left_and_it_stands_upright(pool: DecoderPool, kind: str) -> None:
    """[chat.md 24]"""
    clean = pool.clean(encoded(corners(320, 192), kind, exif=exif(6, gps=True)), LIMITS).result()
    assert (clean.width, clean.height) == (192, 320)
    for webp in (clean.webp, clean.preview):
        picture = opened(webp)
        assert not picture.getexif()
        assert set(picture.info) <= {"loop", "background", "timestamp", "duration"}
        assert b"Camera Maker" not in webp
    top_left, top_right = (np.asarray(opened(clean.webp))[20, at] for at in (20, 170))
    assert np.abs(top_left.astype(int) - BLUE).max() < 30  # turned clockwise, the lower left corner comes up
    assert np.abs(top_right.astype(int) - RED).max() < 30


def test_what_is_hidden_behind_a_picture_is_gone(pool: DecoderPool) -> None:
    page = b"<script>alert(document.domain)</script>"
    clean = pool.clean(encoded(corners(), "JPEG") + page, LIMITS).result()
    assert page not in clean.webp + clean.preview


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "GIF"])
def test_half_a_picture_is_refused(pool: DecoderPool, kind: str) -> None:
    """[chat.md 23]"""
    whole = encoded(scene(900, 700), kind)
    with pytest.raises(BrokenPhoto):
        pool.clean(whole[: len(whole) // 2], LIMITS).result()


def test_a_bomb_is_refused_before_it_is_decoded(pool: DecoderPool) -> None:
    with pytest.raises(TooManyPixels):
        pool.clean(png_bomb(50_000, 50_000), LIMITS).result()


class TestGif:
    def test_is_a_photo_only_where_that_was_asked_for(self) -> None:
        gif = encoded(corners(), "GIF")
        assert probe(gif, LIMITS) == Header("image/gif", 160, 96, 1, 1)
        with pytest.raises(NotAPhoto):
            probe(gif, PhotoLimits())

    def test_of_an_animation_the_first_frame_is_shown(self) -> None:
        frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE)]
        clean = make_clean(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), LIMITS)
        assert np.abs(np.asarray(opened(clean.webp))[20, 30].astype(int) - RED).max() < 20

    def test_transparency_is_laid_over_white(self) -> None:
        clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        assert np.asarray(opened(make_clean(encoded(clear, "GIF"), LIMITS).webp)).min() > 240

    def test_a_frame_beyond_its_canvas_counts_for_its_size(self) -> None:
        gif = bytearray(encoded(Image.new("L", (10, 10)), "GIF"))
        at = gif.index(b"\x2c", 13 + 3 * 256) if gif[10] & 7 == 7 else gif.index(b"\x2c")
        gif[at + 5 : at + 9] = b"\xff\xff\xff\xff"  # 65535 × 65535
        with pytest.raises(TooManyPixels):
            probe(bytes(gif), LIMITS)

    @pytest.mark.parametrize(
        "data", [b"GIF89a", b"GIF89a" + bytes(7), b"GIF89a" + bytes(7) + b";" + bytes(20)], ids=["cut", "no", "end"]
    )
    def test_without_a_frame_is_broken(self, data: bytes) -> None:
        with pytest.raises(BrokenPhoto):
            probe(data, LIMITS)

    def test_of_countless_blocks_is_too_costly(self) -> None:
        image = b"\x2c" + bytes(4) + b"\x0a\0\x0a\0\0" + b"\x02"
        with pytest.raises(TooCostly):
            probe(b"GIF89a\x0a\0\x0a\0\0\0\0" + image + b"\x01\xff" * 300_000, LIMITS)


def test_a_part_of_it_is_all_that_is_left(pool: DecoderPool) -> None:
    clean = pool.clean(encoded(scene(1200, 900), "PNG"), LIMITS, crop=(0.25, 0.5, 0.5, 1.0)).result()
    assert (clean.width, clean.height) == (300, 450) == opened(clean.webp).size


def test_a_part_has_one_pixel_at_least(pool: DecoderPool) -> None:
    clean = pool.clean(encoded(scene(40, 30), "PNG"), LIMITS, crop=(1.0, 1.0, 1.0, 1.0)).result()
    assert (clean.width, clean.height) == (1, 1)
