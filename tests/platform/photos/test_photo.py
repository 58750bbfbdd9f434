"""Decoding once, upright, whatever the file holds; keeping it without what it should not tell."""

import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.platform.photos.samples import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    YELLOW,
    Picture,
    corners,
    encoded,
    exif,
    png_chunk,
    scene,
    webp_animation,
)

from bunri.platform.photos.errors import BrokenPhoto
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import make_thumbnail, open_photo
from bunri.platform.photos.picture import Photo

LIMITS = PhotoLimits()
TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held that way stores an upright scene: the inverse of what puts it upright."""


def opened(picture: Picture, kind: str = "PNG", **options: object) -> Photo:
    return open_photo(encoded(picture, kind, **options), LIMITS)


def colours(photo: Photo) -> list[tuple[int, ...]]:
    """RGB in the middle of each quarter, reading order."""
    height, width = photo.pixels.shape[:2]
    spots = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [tuple(int(value) for value in photo.pixels[spot][::-1]) for spot in spots]


def close(found: list[tuple[int, ...]], wanted: list[tuple[int, int, int]], tolerance: int = 12) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() <= tolerance)


UPRIGHT = [RED, GREEN, BLUE, YELLOW]


class TestDecoding:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
    def test_every_format_gives_the_same_upright_bgr(self, kind: str) -> None:
        photo = opened(corners(), kind)
        assert photo.pixels.shape == (96, 160, 3)
        assert photo.pixels.dtype == np.uint8
        assert photo.pixels.flags.c_contiguous
        assert close(colours(photo), UPRIGHT)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_is_upright_however_the_camera_was_held(self, kind: str, orientation: int) -> None:
        stored = corners() if orientation == 1 else corners().transpose(TRANSPOSED[orientation])
        photo = opened(stored, kind, exif=exif(orientation))
        assert photo.pixels.shape[:2] == (96, 160)
        assert close(colours(photo), UPRIGHT)

    @pytest.mark.parametrize(("long_side", "decoded"), [(4032, 1008), (2000, 1000), (1600, 1600), (8064, 1008)])
    def test_large_photos_are_decoded_no_larger_than_needed(self, long_side: int, decoded: int) -> None:
        photo = opened(corners(long_side, long_side // 8 * 2), "JPEG")
        assert max(photo.pixels.shape) == decoded
        assert photo.header.width == long_side
        assert close(colours(photo), UPRIGHT)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
    def test_formats_that_cannot_be_reduced_in_decoding_are_reduced_after(self, kind: str) -> None:
        photo = opened(corners(4000, 400), kind)
        assert photo.pixels.shape == (100, 1000, 3)
        assert close(colours(photo), UPRIGHT)

    def test_the_caller_may_ask_for_more(self) -> None:
        photo = open_photo(encoded(corners(4032, 400), "JPEG"), LIMITS, at_least=2000)
        assert photo.pixels.shape == (200, 2016, 3)

    def test_one_pixel_is_a_photo_too(self) -> None:
        assert opened(Image.new("RGB", (1, 1), RED), "JPEG").pixels.shape == (1, 1, 3)


class TestUnusualPictures:
    def test_cmyk_comes_out_in_its_colours(self) -> None:
        assert close(colours(opened(corners().convert("CMYK"), "JPEG")), UPRIGHT)

    def test_grey_becomes_three_channels(self) -> None:
        photo = opened(corners().convert("L"), "JPEG")
        assert photo.pixels.shape == (96, 160, 3)
        assert photo.pixels.std(axis=2).max() == 0

    def test_sixteen_bit_grey_keeps_its_brightness(self) -> None:
        ramp = np.linspace(0, 65535, 256 * 64).astype(np.uint16).reshape(64, 256)
        photo = opened(Image.fromarray(ramp))
        assert np.abs(photo.pixels[:, :, 0].astype(int) - (ramp >> 8)).max() <= 1

    def test_sixteen_bit_colour_is_read(self) -> None:
        deep = cv2.cvtColor(np.asarray(corners()), cv2.COLOR_RGB2BGR).astype(np.uint16) * 257
        photo = open_photo(cv2.imencode(".png", deep)[1].tobytes(), LIMITS)
        assert close(colours(photo), UPRIGHT, tolerance=1)

    def test_palette_is_resolved(self) -> None:
        assert close(colours(opened(corners(4000, 40).quantize(16))), UPRIGHT)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
    def test_transparency_lies_over_white(self, kind: str) -> None:
        picture = corners().convert("RGBA")
        picture.paste((0, 0, 0, 0), (0, 0, 80, 48))
        assert close(colours(opened(picture, kind)), [WHITE, GREEN, BLUE, YELLOW])

    def test_a_transparent_palette_colour_lies_over_white(self) -> None:
        palette = corners().quantize(4)
        corner = palette.getpixel((0, 0))
        assert close(colours(opened(palette, "PNG", transparency=corner)), [WHITE, GREEN, BLUE, YELLOW])

    def test_of_an_animation_the_first_frame_is_used(self) -> None:
        frames = [corners(), corners().rotate(180)]
        for kind in ("PNG", "WEBP"):
            photo = opened(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
            assert photo.header.frames == 2
            assert close(colours(photo), UPRIGHT)
        assert close(colours(open_photo(webp_animation(3), LIMITS)), [RED] * 4)

    def test_an_odd_colour_profile_does_not_break_it(self) -> None:
        assert close(colours(opened(corners(), "JPEG", icc_profile=b"not a profile" * 20)), UPRIGHT)


class TestBrokenPhotos:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
    def test_half_a_photo_is_refused_not_shown_in_grey(self, kind: str) -> None:
        data = encoded(scene(), kind)
        with pytest.raises(BrokenPhoto):
            open_photo(data[: len(data) // 2], LIMITS)

    def test_missing_pixels_are_noticed_even_when_the_container_looks_whole(self) -> None:
        png = encoded(scene(), "PNG")
        pixels = png.index(b"IDAT") + 4
        half = png[pixels : pixels + 5000]
        with pytest.raises(BrokenPhoto):
            open_photo(png[: pixels - 8] + png_chunk(b"IDAT", half) + png_chunk(b"IEND", b""), LIMITS)

    def test_nothing_is_written_to_standard_error(self, capfd: pytest.CaptureFixture[str]) -> None:
        for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
            data = bytearray(encoded(scene(), kind))
            data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
            try:
                open_photo(bytes(data), LIMITS)
            except BrokenPhoto:
                continue
        assert capfd.readouterr().err == ""


class TestFingerprints:
    def test_the_sha_is_of_the_bytes(self) -> None:
        data = encoded(corners(), "JPEG")
        assert open_photo(data, LIMITS).sha256 == sha256(data).digest()

    def test_the_look_survives_another_format(self) -> None:
        assert opened(scene(), "PNG").phash == opened(scene(), "WEBP", lossless=True).phash


class TestKeeping:
    def test_gps_camera_and_time_are_gone(self) -> None:
        data = encoded(corners(), "JPEG", exif=exif(6, gps=True), comment=b"at home")
        kept = make_thumbnail(open_photo(data, LIMITS))
        assert b"Camera Maker" in data
        assert b"at home" in data
        assert b"EXIF" not in kept
        assert b"Camera Maker" not in kept
        assert b"at home" not in kept
        assert dict(Image.open(BytesIO(kept)).getexif()) == {}

    def test_what_was_hidden_behind_the_photo_is_gone(self) -> None:
        photo = open_photo(encoded(corners(), "JPEG") + b"<script>alert(1)</script>", LIMITS)
        assert b"<script>" not in make_thumbnail(photo)

    def test_is_upright_webp_of_at_most_1024(self) -> None:
        stored = scene(1600, 1200).transpose(TRANSPOSED[6])
        with Image.open(BytesIO(make_thumbnail(opened(stored, "JPEG", exif=exif(6))))) as kept:
            assert kept.format == "WEBP"
            assert kept.size == (1024, 768)

    def test_small_photos_stay_as_small_as_they_are(self) -> None:
        kept = open_photo(make_thumbnail(opened(corners())), LIMITS)
        assert kept.pixels.shape == (96, 160, 3)
        assert close(colours(kept), UPRIGHT)

    def test_a_thread_of_a_picture_is_kept_too(self) -> None:
        assert open_photo(make_thumbnail(opened(Image.new("RGB", (5000, 1), RED))), LIMITS).pixels.shape == (1, 1024, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS holds on Linux alone")
@pytest.mark.parametrize(("kind", "options"), [("PNG", {"compress_level": 1}), ("WEBP", {"method": 0})])
def test_a_photo_for_which_memory_is_not_enough_is_refused_and_the_next_is_read(
    tmp_path: Path, kind: str, options: dict[str, int]
) -> None:
    (tmp_path / "large").write_bytes(encoded(corners(7000, 5000), kind, **options))
    script = """
import resource, sys
from pathlib import Path
from bunri.platform.photos.errors import TooCostly
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture
large, small = (Path(name).read_bytes() for name in sys.argv[1:])
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 60 * 2**20,) * 2)
try:
    open_picture(large, PhotoLimits())
except TooCostly:
    print(open_picture(small, PhotoLimits()).pixels.shape)
"""
    (tmp_path / "small.png").write_bytes(encoded(corners(), "PNG"))
    files = [str(tmp_path / "large"), str(tmp_path / "small.png")]
    run = subprocess.run([sys.executable, "-c", script, *files], capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == ("(96, 160, 3)", "")
