"""Turns one row of a file into bins, or into the reason why it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Final

from bunri.domains.locations.area import KOREA, Area
from bunri.domains.locations.geodesy import round_degrees
from bunri.domains.locations.importing.columns import Columns, Field, filled, first
from bunri.domains.locations.importing.coordinates import coordinate
from bunri.domains.locations.importing.kinds import kinds_in
from bunri.domains.locations.importing.projections import CoordinateSystem
from bunri.domains.locations.importing.values import clean, present
from bunri.domains.locations.public import BinKind
from bunri.kit.languages import text

SAMPLE_SOURCE: Final = "bunri 예시"
"""The source of the sample bins, which give way to the first real ones."""
MAX_LENGTH: Final[Mapping[Field, int]] = {"name": 200, "address": 300, "source": 200}
"""Characters. A longer value is the result of a missing quote and not a name."""


class ProblemReason(StrEnum):
    """Why a row was refused or, for SWAPPED, what was corrected. Sentences: ``locations.reasons.<reason>``."""

    BROKEN = "broken"
    UNDECODABLE = "undecodable"
    TOO_LONG = "too_long"
    NO_POINT = "no_point"
    NO_COORDINATES = "no_coordinates"
    NO_NUMBER = "no_number"
    OUTSIDE = "outside"
    UNKNOWN_KIND = "unknown_kind"
    NOT_PUBLIC = "not_public"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class NewBin:
    """A bin of a file, checked and ready to be added."""

    kind: BinKind
    name: str
    address: str | None
    lat: float
    lng: float
    source: str
    other_address: str | None = None
    """The lot number where ``address`` is the road: people search for either."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem with a line of the file, for the person who imports it."""

    line: int
    reason: ProblemReason
    value: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file: its first line and its values by column; its kinds where the reader knows them already."""

    line: int
    fields: Mapping[str, str]
    kinds: tuple[BinKind, ...] = ()


@dataclass(frozen=True, slots=True)
class RowResult:
    """The bins of one row (none when refused) and its problem, if any."""

    new_bins: tuple[NewBin, ...] = ()
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """The kind and source of rows that have none of their own, the area in which bins may be, and the code of the
    coordinate system where the file should not be asked."""

    source: str
    kind: BinKind | None = None
    area: Area = KOREA
    crs: str | None = None

    def with_crs(self, code: str | None) -> "ImportDefaults":
        """With ``code`` where nobody said another one."""
        return replace(self, crs=self.crs or code)


class _RowRefused(Exception):
    """Ends the parsing of a row with the reason and the wrong value."""

    def __init__(self, reason: ProblemReason, value: str = "") -> None:
        super().__init__(reason, value)
        self.reason, self.value = reason, value


def values_of(row: FileRow) -> dict[str, str]:
    """The cleaned values of ``row`` by column, empty where they only say that there is none."""
    return {column: present(clean(value)) for column, value in row.fields.items()}


def parse_row(
    row: FileRow, columns: Columns, defaults: ImportDefaults, system: CoordinateSystem | None = None
) -> RowResult:
    """The bins of ``row``: one for each kind that it names. Its coordinates are of ``system``; None: WGS 84 degrees."""
    fields = values_of(row)
    try:
        lat, lng, swapped = _coordinates(fields, columns, defaults.area, system)
        kinds = row.kinds or _kinds(fields, columns, defaults)
        name = _text("name", fields, columns)
        address = _text("address", fields, columns) or None
        source = _text("source", fields, columns) or defaults.source
    except _RowRefused as refused:
        return RowResult(problem=RowProblem(row.line, refused.reason, refused.value[:80]))
    other = _other_address(fields, columns)
    corrected = RowProblem(row.line, ProblemReason.SWAPPED, f"{lat}, {lng}") if swapped else None
    new_bins = (
        NewBin(kind, name or text(f"locations.kinds.{kind}", "ko"), address, lat, lng, source, other) for kind in kinds
    )
    return RowResult(tuple(new_bins), corrected)


def _other_address(fields: Mapping[str, str], columns: Columns) -> str | None:
    """The second of the row's addresses. It is only searched for, so a broken one refuses no row."""
    known = filled(fields, columns["address"])
    others = (value for value in known[1:] if value != known[0] and len(value) <= MAX_LENGTH["address"])
    return next((value for value in others if "\N{REPLACEMENT CHARACTER}" not in value), None)


def _text(field: Field, fields: Mapping[str, str], columns: Columns) -> str:
    value = first(fields, columns[field])
    if len(value) > MAX_LENGTH[field]:
        raise _RowRefused(ProblemReason.TOO_LONG, value)
    if "\N{REPLACEMENT CHARACTER}" in value:
        raise _RowRefused(ProblemReason.UNDECODABLE, value)
    return value


def _kinds(fields: Mapping[str, str], columns: Columns, defaults: ImportDefaults) -> tuple[BinKind, ...]:
    """The kinds of the row's own column, else of the defaults, else those that its name mentions."""
    for column in columns["kind"]:
        if kinds := kinds_in(fields.get(column, "")):
            return kinds
    if defaults.kind:
        return (defaults.kind,)
    name = first(fields, columns["name"])
    if kinds := kinds_in(name):
        return kinds
    raise _RowRefused(ProblemReason.UNKNOWN_KIND, first(fields, columns["kind"]) or name)


def _coordinates(
    fields: Mapping[str, str], columns: Columns, area: Area, system: CoordinateSystem | None
) -> tuple[float, float, bool]:
    """Latitude, longitude, and whether they were swapped: of several columns the first that make a place.

    When none does, the reason is that of the first.
    """
    refusals: list[_RowRefused] = []
    metres = system is not None and system.is_projected
    pairs = product(filled(fields, columns["lat"]) or [""], filled(fields, columns["lng"]) or [""])
    for north, east in pairs:
        try:
            return _place(_number(north, metres), _number(east, metres), area, system)
        except _RowRefused as refused:
            refusals.append(refused)
    raise refusals[0]


def _place(north: float, east: float, area: Area, system: CoordinateSystem | None) -> tuple[float, float, bool]:
    if north == east == 0:
        raise _RowRefused(ProblemReason.NO_COORDINATES, "0, 0")
    for swapped in (False, True):
        numbers = (east, north) if swapped else (north, east)
        lat, lng = system.place(*numbers) if system else numbers
        if area.contains(lat, lng):
            return round_degrees(lat), round_degrees(lng), swapped
    raise _RowRefused(ProblemReason.OUTSIDE, f"{north}, {east}")


def _number(value: str, metres: bool) -> float:
    if not value:
        raise _RowRefused(ProblemReason.NO_COORDINATES)
    if (found := coordinate(value, metres=metres)) is None:
        raise _RowRefused(ProblemReason.NO_NUMBER, value)
    return found
