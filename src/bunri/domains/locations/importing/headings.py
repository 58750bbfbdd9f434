"""Finds the headings of a table, which may stand below lines of a title."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from bunri.domains.locations.errors import BinsColumnsMissing, BinsMappingInvalid
from bunri.domains.locations.importing.columns import Columns, recognise
from bunri.domains.locations.importing.values import clean, distinct

MOST_TITLE_ROWS: Final = 20


class Headings(NamedTuple):
    """The headings, the columns that they name, and how many rows they and what is above them take."""

    names: list[str]
    columns: Columns
    rows: int


def find_headings(rows: Iterable[Sequence[str]], mapping: Mapping[str, str]) -> Headings:
    """The first of ``rows`` that names columns for coordinates. A heading that is empty there is taken from the row
    above: a cell that is merged over both has its value in the upper one.

    Raises, for the row with the most headings, BinsColumnsMissing or BinsMappingInvalid.
    """
    failures: list[tuple[int, BinsColumnsMissing | BinsMappingInvalid]] = []
    above: Sequence[str] = ()
    for count, row in enumerate(rows, 1):
        names = distinct(own if clean(own) else upper for own, upper in _side_by_side(row, above))
        try:
            return Headings(names, recognise(names, mapping), count)
        except (BinsColumnsMissing, BinsMappingInvalid) as failure:
            failures.append((len(list(filter(None, map(clean, row)))), failure))
        above = row
    if not failures:
        raise BinsColumnsMissing(found="")
    raise max(failures, key=lambda each: each[0])[1]


def _side_by_side(row: Sequence[str], above: Sequence[str]) -> Iterable[tuple[str, str]]:
    return ((own, above[index] if index < len(above) else "") for index, own in enumerate(row))
