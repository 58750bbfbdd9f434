"""On which days what is collected: rows of a district, and a building's own."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from bunri.domains.recycling.errors import CollectionFileInvalid
from bunri.kit.keystrokes import folded
from bunri.kit.materials import Material

MOST_BYTES: Final = 2**20
MOST_ROWS: Final = 10_000
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KOREAN: Final = "월화수목금토일"
_COLUMNS: Final = {"region", "material", "weekday", "from", "to", "source"}
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class DayRow:
    """``material`` is put out on ``weekday`` (0 is Monday) from ``begins`` to ``ends``, local time; where ``ends`` is
    not later than ``begins``, until the next morning. ``building``: a building's key, empty for the whole district."""

    region: str
    building: str
    material: Material
    weekday: int
    begins: time | None
    ends: time | None
    source: str
    changed_at: datetime
    changed_by: str | None = None


def building_key(name: str | None) -> str:
    """The same for each way to write the name of a building: without case and spaces. Empty: no building."""
    return "".join(folded(name or "").split())


def read_csv(data: bytes, now: datetime) -> list[DayRow]:
    """The rows of a district's table: ``region,material,weekday,from,to,source``. A weekday is ``mon`` to ``sun``, or
    월 to 일; hours are ``20:00``, or empty.

    Raises CollectionFileInvalid, which names the first line that is wrong."""
    if len(data) > MOST_BYTES:
        raise CollectionFileInvalid(line=1, why=f"> {MOST_BYTES} bytes")
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        if not _COLUMNS.issubset(reader.fieldnames or ()):
            raise CollectionFileInvalid(line=1, why=", ".join(sorted(_COLUMNS)))
        return list(_rows(reader, now))
    except UnicodeDecodeError:
        raise CollectionFileInvalid(line=1, why="UTF-8") from None
    except csv.Error as error:
        raise CollectionFileInvalid(line=1, why=str(error)) from None


def _rows(reader: "csv.DictReader[str]", now: datetime) -> Iterator[DayRow]:
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS + 1:
            raise CollectionFileInvalid(line=number, why=f"> {MOST_ROWS}")
        said = {name: (row.get(name) or "").strip() for name in _COLUMNS}
        try:
            yield DayRow(
                region=_filled(said, "region"),
                building="",
                material=Material(said["material"]),
                weekday=_weekday(said["weekday"]),
                begins=_time(said["from"]),
                ends=_time(said["to"]),
                source=_filled(said, "source"),
                changed_at=now,
            )
        except ValueError as error:
            raise CollectionFileInvalid(line=number, why=str(error)) from None


def _filled(said: dict[str, str], name: str) -> str:
    if not 0 < len(said[name]) <= 200:
        raise ValueError(name)
    return said[name]


def _weekday(said: str) -> int:
    if len(said) == 1 and said in _KOREAN:
        return _KOREAN.index(said)
    return WEEKDAYS.index(said.lower()[:3])


def _time(said: str) -> time | None:
    if not said:
        return None
    found = _TIME.fullmatch(said)
    if not found:
        raise ValueError(said)
    return time(int(found[1]), int(found[2]))
