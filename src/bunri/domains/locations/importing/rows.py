"""One row of a file becomes bins, or a reason why not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

from bunri.domains.locations.area import KOREA, Area
from bunri.domains.locations.geodesy import settled
from bunri.domains.locations.importing.columns import Columns, Field, first
from bunri.domains.locations.importing.kinds import kinds_in
from bunri.domains.locations.public import BinKind
from bunri.kit.languages import text

LONGEST: Final[Mapping[Field, int]] = {"name": 200, "address": 300, "source": 200}
"""Characters; what is longer is not a name but a slipped quote."""


class Reason(StrEnum):
    """Why a row was refused or, for SWAPPED, what was put right. Sentences: ``locations.reasons.<reason>``."""

    BROKEN = "broken"
    UNDECODABLE = "undecodable"
    TOO_LONG = "too_long"
    NO_POINT = "no_point"
    NO_COORDINATES = "no_coordinates"
    NO_NUMBER = "no_number"
    OUTSIDE = "outside"
    UNKNOWN_KIND = "unknown_kind"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class Draft:
    """A bin as a file has it, fit for the table."""

    kind: BinKind
    name: str
    address: str | None
    lat: float
    lng: float
    source: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell the person about a line of the file."""

    line: int
    reason: Reason
    value: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as read: its first line in the file and its values by column."""

    line: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one row: its bins (none when refused) and what there is to tell."""

    drafts: tuple[Draft, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the person says about a file: the kind and source of rows that don't say, and where bins may be."""

    source: str
    kind: BinKind | None = None
    area: Area = KOREA


class _Refused(Exception):
    """Leaves the reading of a row with the reason and the value at fault."""

    def __init__(self, reason: Reason, value: str = "") -> None:
        super().__init__(reason, value)
        self.reason, self.value = reason, value


def read(record: Record, columns: Columns, defaults: Defaults) -> Reading:
    """The bins of ``record``: one for each kind it names."""
    fields = {column: _clean(value) for column, value in record.fields.items()}
    try:
        lat, lng, swapped = _coordinates(fields, columns, defaults.area)
        kinds = _kinds(fields, columns, defaults)
        name = _text("name", fields, columns)
        address = _text("address", fields, columns) or None
        source = _text("source", fields, columns) or defaults.source
    except _Refused as refused:
        return Reading(problem=Problem(record.line, refused.reason, refused.value[:80]))
    note = Problem(record.line, Reason.SWAPPED, f"{lat}, {lng}") if swapped else None
    drafts = (Draft(kind, name or text(f"locations.kinds.{kind}", "ko"), address, lat, lng, source) for kind in kinds)
    return Reading(tuple(drafts), note)


def _clean(value: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", value).strip()


def _text(field: Field, fields: Mapping[str, str], columns: Columns) -> str:
    value = first(fields, columns[field])
    if len(value) > LONGEST[field]:
        raise _Refused(Reason.TOO_LONG, value)
    if "\N{REPLACEMENT CHARACTER}" in value:
        raise _Refused(Reason.UNDECODABLE, value)
    return value


def _kinds(fields: Mapping[str, str], columns: Columns, defaults: Defaults) -> tuple[BinKind, ...]:
    """What the row's own kind says, else what the person said, else what the row's name gives away."""
    for column in columns["kind"]:
        if kinds := kinds_in(fields.get(column, "")):
            return kinds
    if defaults.kind:
        return (defaults.kind,)
    name = first(fields, columns["name"])
    if kinds := kinds_in(name):
        return kinds
    raise _Refused(Reason.UNKNOWN_KIND, first(fields, columns["kind"]) or name)


def _coordinates(fields: Mapping[str, str], columns: Columns, area: Area) -> tuple[float, float, bool]:
    """Latitude, longitude, and whether they stood in each other's place."""
    lat, lng = _degrees(first(fields, columns["lat"])), _degrees(first(fields, columns["lng"]))
    if lat == lng == 0:
        raise _Refused(Reason.NO_COORDINATES, "0, 0")
    if area.holds(lat, lng):
        return lat, lng, False
    if area.holds(lng, lat):
        return lng, lat, True
    raise _Refused(Reason.OUTSIDE, f"{lat}, {lng}")


def _degrees(value: str) -> float:
    if not value:
        raise _Refused(Reason.NO_COORDINATES)
    try:
        degrees = float(value)
    except ValueError:
        raise _Refused(Reason.NO_NUMBER, value) from None
    if not isfinite(degrees):
        raise _Refused(Reason.NO_NUMBER, value)
    return settled(degrees)
