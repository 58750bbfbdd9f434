"""Photos made up on the spot, good and bad."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pillow_heif
from PIL import Image

Picture = Image.Image

WHITE = (255, 255, 255)
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 60), (40, 60, 210), (240, 220, 40)


def corners(width: int = 160, height: int = 96) -> Picture:
    """Red top left, green top right, blue bottom left, yellow bottom right: tells how it was turned."""
    quarters = np.array([[RED, GREEN], [BLUE, YELLOW]], np.uint8)
    return Image.fromarray(quarters.repeat(height // 2, 0).repeat(width // 2, 1))


def scene(width: int = 640, height: int = 480, seed: int = 7) -> Picture:
    """Smooth blobs, like a photo out of focus: much in the low frequencies, little noise."""
    blobs = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), np.uint8)
    return Image.fromarray(blobs).resize((width, height), Image.Resampling.BICUBIC)


def encoded(picture: Picture, kind: str, **options: object) -> bytes:
    out = BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(out, quality=90)
    else:
        picture.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1, *, gps: bool = False) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "Camera Maker"
    if gps:
        tags.get_ifd(0x8825).update({1: "N", 2: (37.0, 33.0, 58.8), 3: "E", 4: (126.0, 58.0, 40.0)})
    return tags.tobytes()


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int, frames: int = 1) -> bytes:
    """Under two hundred bytes that promise ``frames`` pictures of ``width`` × ``height`` pixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(4096)))
    animation = png_chunk(b"acTL", struct.pack(">II", frames, 0))
    return b"\x89PNG\r\n\x1a\n" + header + animation + pixels + png_chunk(b"IEND", b"")


_ADAM7_OF_ONE_COLUMN = ((0, 8), (4, 8), (2, 4), (1, 2))
"""First row and step of the passes that have a pixel in the first column (PNG 3rd edition §8.1)."""


def thread_of_a_picture(height: int = 9_000_000) -> bytes:
    """A PNG one pixel wide, interlaced and 16 bits deep. Its checks find little memory, but each row costs time."""
    squeeze = zlib.compressobj(1)
    passes = [squeeze.compress((b"\4" + bytes(6)) * (-(-(height - y) // step))) for y, step in _ADAM7_OF_ONE_COLUMN]
    header = struct.pack(">IIBBBBB", 1, height, 16, 2, 0, 0, 1)
    pixels = png_chunk(b"IDAT", b"".join(passes) + squeeze.flush())
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + pixels + png_chunk(b"IEND", b"")


def webp_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp_animation(frames: int) -> bytes:
    """A WebP of ``frames`` equal 2 × 2 frames, built by hand: no encoder is asked ten thousand times."""
    still = encoded(Image.new("RGB", (2, 2), RED), "WEBP", lossless=True)
    frame = webp_chunk(b"ANMF", bytes(6) + b"\x01\0\0\x01\0\0" + b"\x64\0\0\0" + still[12:])
    canvas = webp_chunk(b"VP8X", b"\x02\0\0\0" + b"\x01\0\0\x01\0\0")
    body = b"WEBP" + canvas + webp_chunk(b"ANIM", bytes(6)) + frame * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def icc_profile(*colorants: tuple[float, float, float], gamma: float = 2.2) -> bytes:
    """A display of the given red, green and blue (XYZ under D50) and one gamma (ICC.1:2001-04 §6)."""
    xyz = [b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(part * 65536)) for part in each) for each in colorants]
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(part * 65536) for part in (0.9642, 1.0, 0.8249)))
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), xyz, strict=True))
    tags |= {b"wtpt": white, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    at = 128 + 4 + 12 * len(tags)
    table, bodies = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        table += name + struct.pack(">II", at + len(bodies), len(body))
        bodies += body
    header = struct.pack(">I4sI4s4s4s", at + len(bodies), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + white[8:] + bytes(48)
    return header + table + bodies


SRGB_COLORANTS = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
