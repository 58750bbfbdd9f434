"""Names of files as people gave them, made safe to show, to keep and to send in a header. Pure rules."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

LONGEST: Final = 120
"""Characters; ext4 and others take 255 bytes, and a Korean syllable has three."""
_LONGEST_BYTES: Final = 200
UNNAMED: Final = "file"
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
"""Beside control characters and slashes, what Windows allows in no name."""
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,8}")
_ATTRIBUTE: Final = "!#$&+-.^_`|~"
"""What RFC 8187 (attr-char) leaves as it is, beside letters and digits."""


def safe_name(given: str) -> str:
    """The last part of a path, in Unicode's NFC, without control characters and those that turn the direction of
    writing (``photo‮gpj.exe`` would be read as ``photoexe.jpg``), and none of the names that systems keep for
    themselves."""
    name = re.split(r"[/\\]", given.strip())[-1]
    name = "".join(each for each in unicodedata.normalize("NFC", name) if not _hidden(each))
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    return _shortened(name) or UNNAMED


def _hidden(character: str) -> bool:
    """Control, format, surrogate, private and unassigned characters; separators of lines and paragraphs."""
    category = unicodedata.category(character)
    return category in ("Zl", "Zp") or (category[0] == "C" and not character.isspace())


def _shortened(name: str) -> str:
    """Its end stays, which tells what it is."""
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= 16 else ""
    stem = name[: len(name) - len(suffix)]
    stem = stem[: LONGEST - len(suffix)]
    while len((stem + suffix).encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + suffix


def with_suffix(name: str, suffix: str) -> str:
    """``IMG_1.HEIC`` as ``IMG_1.webp``."""
    own = PurePosixPath(name).suffix
    stem = name[: len(name) - len(own)] if _SUFFIX.fullmatch(own.lower()) else name
    return safe_name(stem + suffix)


def content_disposition(name: str, *, inline: bool = False) -> str:
    """RFC 6266: the name twice, once in ASCII for old clients, once whole (RFC 8187)."""
    plain = "".join(each if " " <= each <= "~" and each not in '"\\%' else "_" for each in name)
    whole = quote(name, safe=_ATTRIBUTE)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{whole}"
