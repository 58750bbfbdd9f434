"""What the cell of a table says once its typing habits are taken off: invisible letters, decomposed Hangul, "없음"."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_BLANKS: Final = dict.fromkeys(map(ord, "\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"), " ")
"""Letters and signs by their category that are seen as nothing."""

_LONGEST_PLACEHOLDER: Final = 24
_PLACEHOLDER: Final = re.compile(
    "(이름|명칭|주소|정보|자료|내용|해당|해당사항)?없음|해당무|무|공란|빈칸|미(상|정|확인|기재|입력|등록)|불명|불상|알수없음|"
    "확인(불가|필요|중)|[ㅡ\u1173]+|na|nan|nil|null|none|undefined|unknown|notavailable|notapplicable|nodata|blank|empty"
)
"""Words that stand where a value is missing, without spaces and signs. A dash is also typed as the vowel ㅡ,
which NFKC makes the jamo U+1173."""

_SIGNS: Final = re.compile(r"[-\u2010-\u2015\N{MINUS SIGN}_.,·ㆍ?*/\\~=×()\[\]]+")
"""Signs that alone stand for a missing value, as NFKC writes them."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def clean(value: str) -> str:
    """``value`` in NFC, as macOS does not write it, with single spaces, and without letters that nobody sees."""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()
    visible = "".join(map(_visible, unicodedata.normalize("NFC", value).translate(_BLANKS)))
    return " ".join(visible.split())


def _visible(letter: str) -> str:
    """A control character parts words; one of category Cf, such as the zero-width space, parts nothing."""
    category = unicodedata.category(letter)
    return " " if category == "Cc" else "" if category == "Cf" else letter


def present(value: str) -> str:
    """The cleaned ``value``, or an empty string where it only says that there is none: "-", "없음", "N/A"."""
    if len(value) > _LONGEST_PLACEHOLDER:
        return value
    plain = unicodedata.normalize("NFKC", value).casefold()
    absent = _SIGNS.fullmatch(plain.replace(" ", "")) or _PLACEHOLDER.fullmatch(re.sub(r"[\W_]+", "", plain))
    return "" if absent else value


def number(value: str) -> float | None:
    """The number that ``value`` writes in any digits, or None. ``float`` itself also takes "3_7" and "infinity"."""
    plain = value if value.isascii() else unicodedata.normalize("NFKC", value).replace("\N{MINUS SIGN}", "-")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def distinct(names: Iterable[str]) -> list[str]:
    """``names`` cleaned, the second of twins with its number: 위도, 위도 (2).

    What is in brackets counts for nothing when columns are recognised.
    """
    seen: dict[str, None] = {}
    for name in map(clean, names):
        unused, count = name, 1
        while unused in seen:
            count += 1
            unused = f"{name} ({count})"
        seen[unused] = None
    return list(seen)
