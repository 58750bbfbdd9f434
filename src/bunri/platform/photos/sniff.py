"""The type of a file by its first bytes, whatever its name or the client says."""

from typing import Final, Literal

from bunri.platform.photos.errors import NotAPhoto, UnknownFile

MediaType = Literal["image/jpeg", "image/png", "image/webp", "image/heic", "image/gif"]

_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_OTHERS: Final = (
    (b"%PDF-", "PDF"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"8BPS", "Photoshop"),
    (b"\x1aE\xdf\xa3", "WebM"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"{", "JSON"),
)


def media_type(data: bytes, *, gif: bool = False) -> MediaType:
    """The type of a photo that we read, with ``gif`` also of a GIF. Raises NotAPhoto naming what it is instead, or
    UnknownFile."""
    if gif and data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, name in _OTHERS:
        if data.startswith(magic) or head.startswith(magic):
            raise NotAPhoto(looks_like=name)
    raise UnknownFile


def _iso_media(data: bytes) -> MediaType:
    """HEIC, AVIF and MP4 share a container and differ by brand (ISO/IEC 14496-12 §4.3, 23008-12 §10)."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF:
        raise NotAPhoto(looks_like="AVIF")
    if brands & _HEIF:
        return "image/heic"
    raise NotAPhoto(looks_like="MP4")
