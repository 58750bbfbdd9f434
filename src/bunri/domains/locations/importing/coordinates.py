"""Reads a coordinate as people write it: a decimal comma, degrees, minutes and seconds, thousands parted."""

import re
import unicodedata
from typing import Final

from bunri.domains.locations.importing.values import number

_SIGNS: Final = str.maketrans(
    dict.fromkeys("º˚∘", "°") | dict.fromkeys("′’‘`´ʹ", "'") | dict.fromkeys("″”“ʺ", '"') | {"\N{MINUS SIGN}": "-"}
)
"""What is typed for degrees, minutes and seconds; NFKC would take some of them apart."""

_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_COMMA: Final = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_ANGLE: Final = re.compile(
    r"""
    (?P<sign>[+-])? (?P<before>[NSEW]|북위|남위|동경|서경)? \s*
    (?P<degrees>\d{1,3}([.,]\d+)?)
    ( \s* (°|도|deg|[:\s-]) \s*
      ( (?P<minutes>\d{1,2}([.,]\d+)?)
        ( \s* ('|분|min|[:\s-]) \s*
          ( (?P<seconds>\d{1,2}([.,]\d+)?) \s* ("|''|초|sec)? )? )? )? )?
    \s* (?P<after>[NSEW])?
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_NEGATIVE: Final = frozenset({"-", "S", "W", "남위", "서경"})


def coordinate(value: str, *, metres: bool = False) -> float | None:
    """The number that ``value`` writes: degrees, or ``metres``, in which a comma before three digits parts thousands
    and is no decimal one. None where it writes none."""
    if (plain := number(value)) is not None:
        return plain
    text = unicodedata.normalize("NFKC", value.translate(_SIGNS)).strip()
    if _THOUSANDS.fullmatch(text) and (metres or "." in text or text.count(",") > 1):
        return number(text.replace(",", ""))
    if _COMMA.fullmatch(text):
        return number(text.replace(",", "."))
    return _angle(text)


def _angle(text: str) -> float | None:
    if not (found := _ANGLE.fullmatch(text)):
        return None
    written = [found[part] for part in ("degrees", "minutes", "seconds") if found[part]]
    if any(not part.isdecimal() for part in written[:-1]):  # only the last one may have decimals
        return None
    degrees, minutes, seconds = (*(float(part.replace(",", ".")) for part in written), 0.0, 0.0)[:3]
    if minutes >= 60 or seconds >= 60:
        return None
    size = degrees + minutes / 60 + seconds / 3600
    marks = [mark.upper() for mark in (found["sign"], found["before"], found["after"]) if mark]
    return -size if len(marks) == 1 and marks[0] in _NEGATIVE else size if len(marks) < 2 else None
