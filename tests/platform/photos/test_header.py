"""Headers are read, and bombs refused, before anything is decoded."""

import pytest
from tests.platform.photos.samples import (
    corners,
    encoded,
    exif,
    jpeg_segment,
    png_bomb,
    png_chunk,
    webp_animation,
    webp_chunk,
)

from bunri.kit.errors import BunriError
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
from bunri.platform.photos.header import probe
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.picture import Header
from bunri.platform.photos.sniff import MediaType

LIMITS = PhotoLimits()


def with_second_exif(data: bytes, kind: str, block: bytes) -> bytes:
    """``data`` with another EXIF block behind its own."""
    if kind == "JPEG":
        end = data.index(b"\xff\xdb")  # the first table, before the frame
        return data[:end] + jpeg_segment(0xE1, block) + data[end:]
    if kind == "PNG":
        end = data.rindex(b"IEND") - 4
        return data[:end] + png_chunk(b"eXIf", block.removeprefix(b"Exif\0\0")) + data[end:]
    body = data[8:] + webp_chunk(b"EXIF", block)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


class TestGoodHeaders:
    @pytest.mark.parametrize(
        ("kind", "media_type"),
        [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")],
    )
    def test_tell_type_and_size(self, kind: str, media_type: MediaType) -> None:
        assert probe(encoded(corners(), kind), LIMITS) == Header(media_type, 160, 96, 1, 1)

    @pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"exif": exif(6)}])
    def test_every_kind_of_webp_tells_its_size(self, options: dict[str, object]) -> None:
        header = probe(encoded(corners(), "WEBP", **options), LIMITS)
        assert (header.width, header.height) == (160, 96)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_tell_how_the_camera_was_held(self, kind: str, orientation: int) -> None:
        header = probe(encoded(corners(), kind, exif=exif(orientation)), LIMITS)
        assert header.orientation == orientation
        assert header.upright == ((160, 96) if orientation < 5 else (96, 160))

    def test_progressive_jpeg_is_read_through_its_many_scans(self) -> None:
        assert probe(encoded(corners(), "JPEG", progressive=True), LIMITS).width == 160

    def test_what_a_phone_appends_to_a_jpeg_does_no_harm(self) -> None:
        assert probe(encoded(corners(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(5000), LIMITS).width == 160

    def test_fill_bytes_between_segments_are_allowed(self) -> None:
        data = encoded(corners(), "JPEG")
        assert probe(data[:2] + b"\xff" * 9 + data[2:], LIMITS).width == 160

    @pytest.mark.parametrize("progressive", [False, True])
    @pytest.mark.parametrize(
        "between",
        [
            bytes(5),
            b"\xff\0\x10",
            b"\xff\xfe\0\0",
            b"\xff\xfe\0\x01",
            b"\xff\xee\0\x0dAdobe\0\x64\0\0\0\0\0",
            b"\xff\xe1\0\x10http://ns.adobe\0",
        ],
    )
    def test_bytes_that_belong_to_no_segment_are_passed_over(self, between: bytes, progressive: bool) -> None:
        data = encoded(corners(), "JPEG", progressive=progressive, exif=exif(6))
        first = 4 + int.from_bytes(data[4:6], "big")
        header = probe(data[:first] + between + data[first:], LIMITS)
        assert (header.width, header.height, header.orientation) == (160, 96, 6)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize(("first", "second"), [(6, 1), (1, 6), (8, 3)])
    def test_of_two_exif_blocks_the_first_counts(self, kind: str, first: int, second: int) -> None:
        data = encoded(corners(), kind, exif=exif(first))
        assert probe(with_second_exif(data, kind, exif(second)), LIMITS).orientation == first

    def test_frames_of_an_animation_are_counted(self) -> None:
        assert probe(webp_animation(7), LIMITS).frames == 7
        frames = [corners(), corners().rotate(180), corners().rotate(90)]
        animated = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
        assert probe(animated, LIMITS).frames == 3


class TestBombs:
    def test_fifty_thousand_pixels_square_are_refused(self) -> None:
        bomb = png_bomb(50_000, 50_000)
        assert len(bomb) < 500
        with pytest.raises(TooManyPixels) as caught:
            probe(bomb, LIMITS)
        assert caught.value.data == {"width": 50_000, "height": 50_000, "limit_mp": 52}

    def test_ten_thousand_frames_are_refused(self) -> None:
        with pytest.raises(TooManyFrames):
            probe(webp_animation(10_000), LIMITS)
        with pytest.raises(TooManyFrames):
            probe(png_bomb(10, 10, frames=10_000), LIMITS)

    def test_forty_megabytes_are_refused(self) -> None:
        with pytest.raises(PhotoTooLarge):
            probe(encoded(corners(), "JPEG") + bytes(40 * 2**20), LIMITS)

    def test_thousands_of_scans_are_refused(self) -> None:
        data = encoded(corners(), "JPEG", progressive=True)
        scan = data.index(b"\xff\xda")
        with pytest.raises(TooCostly):
            probe(data[:scan] + data[scan:-2] * 100 + data[-2:], LIMITS)

    @pytest.mark.parametrize("hiding", [b"\xff\xd9", b"\xff\xda\xff\xd9", b"\xff\xc0"])
    def test_no_comment_hides_scans_from_the_count(self, hiding: bytes) -> None:
        data = encoded(corners(), "JPEG", progressive=True)
        scan = data.index(b"\xff\xda")
        comment = jpeg_segment(0xFE, hiding)
        with pytest.raises(TooCostly):
            probe(data[:scan] + (comment + data[scan:-2]) * 100 + data[-2:], LIMITS)

    def test_scans_of_a_large_photo_count_for_more(self) -> None:
        data = encoded(corners(7200, 6000), "JPEG", progressive=True, quality=10)
        scan = data.rindex(b"\xff\xda")
        assert probe(data, LIMITS).width == 7200
        with pytest.raises(TooCostly):
            probe(data[:scan] + data[scan:-2] * 40 + data[-2:], LIMITS)

    @pytest.mark.parametrize(
        ("kind", "mode", "options"),
        [
            ("PNG", "RGBA", {}),
            ("PNG", "LA", {}),
            ("PNG", "I;16", {}),
            ("WEBP", "RGB", {"lossless": True, "quality": 0, "method": 0}),
            ("JPEG", "RGB", {"progressive": True, "subsampling": 0, "quality": 10}),
        ],
    )
    def test_what_a_decoder_would_take_is_bounded_before_it_does(
        self, kind: str, mode: str, options: dict[str, object]
    ) -> None:
        picture = corners(1600, 1200).convert("L" if mode == "I;16" else mode)
        data = encoded(picture.convert("I;16") if mode == "I;16" else picture, kind, **options)
        probe(data, PhotoLimits(max_working_bytes=1600 * 1200 * 13))
        with pytest.raises(TooCostly):
            probe(data, PhotoLimits(max_working_bytes=1600 * 1200 * 5))

    def test_fifty_megapixels_of_a_phone_are_taken(self) -> None:
        assert probe(png_bomb(8192, 6144), LIMITS).width == 8192

    def test_rows_cost_memory_too(self) -> None:
        """50 million rows of one pixel: Pillow took 600 MiB."""
        with pytest.raises(TooCostly):
            probe(png_bomb(1, 50_000_000), LIMITS)

    def test_a_jpeg_of_nothing_but_segments_ends_early(self) -> None:
        with pytest.raises(BrokenPhoto):
            probe(b"\xff\xd8\xff" + b"\xfe\0\x02\xff" * 2_000_000, LIMITS)


class TestNotAPhoto:
    def test_nothing_at_all(self) -> None:
        with pytest.raises(EmptyPhoto):
            probe(b"", LIMITS)

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"%PDF-1.7\n%...", "PDF"),
            (b"GIF89a" + bytes(20), "GIF"),
            (b"\0\0\0\x20ftypavif\0\0\0\0mif1miaf", "AVIF"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "MP4"),
            (b"  <!DOCTYPE html><html>", "HTML"),
            (b"PK\x03\x04....", "ZIP"),
        ],
    )
    def test_says_what_it_looks_like_instead(self, data: bytes, name: str) -> None:
        with pytest.raises(NotAPhoto) as caught:
            probe(data, LIMITS)
        assert caught.value.data == {"looks_like": name}

    def test_noise_is_an_unknown_file(self) -> None:
        with pytest.raises(UnknownFile):
            probe(b"\x07nonsense", LIMITS)


class TestBroken:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
    @pytest.mark.parametrize("left", [16, 0.1, 0.5])
    def test_cut_off_early_is_refused(self, kind: str, left: float) -> None:
        data = encoded(corners(), kind)
        cut = int(left if left > 1 else len(data) * left)
        with pytest.raises(BunriError) as caught:
            probe(data[:cut], LIMITS)
        assert isinstance(caught.value, BrokenPhoto)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_the_last_bytes_missing_is_noticed(self, kind: str) -> None:
        with pytest.raises(BrokenPhoto):
            probe(encoded(corners(), kind)[:-3], LIMITS)

    def test_two_headers_in_a_png_are_refused(self) -> None:
        small, large = png_bomb(100, 100), png_bomb(5000, 5000)
        with pytest.raises(BrokenPhoto):
            probe(small[:33] + large[8:33] + small[33:], LIMITS)

    def test_no_width_is_no_photo(self) -> None:
        with pytest.raises(BrokenPhoto):
            probe(png_bomb(0, 10), LIMITS)
