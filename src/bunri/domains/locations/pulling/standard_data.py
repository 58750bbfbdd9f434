"""The standard data sets about bins of the Korean state's portal, which districts fill in and keep up to date."""

from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Final

from bunri.domains.locations.errors import BinsColumnsMissing
from bunri.domains.locations.importing.columns import Columns, filled, plain, recognise
from bunri.domains.locations.importing.kinds import kinds_in
from bunri.domains.locations.importing.rows import (
    FileRow,
    ImportDefaults,
    ProblemReason,
    RowProblem,
    RowResult,
    parse_row,
)
from bunri.domains.locations.importing.values import clean, present
from bunri.domains.locations.pulling.datasets import StandardData
from bunri.domains.locations.pulling.sources import PulledPage, PulledRow, PullFailure
from bunri.domains.locations.regions import Region, region_named, region_of
from bunri.platform.open_data.data_go_kr import DataGoKr
from bunri.platform.open_data.errors import OpenDataFailed

MOST_PAGES: Final = 2000
"""A million rows: the largest of these data sets has some 15,000."""


class StandardDataSource:
    """A ``Source``: one data set of the portal. The portal gives all of Korea, region by region it cannot be asked."""

    def __init__(self, portal: DataGoKr, data: StandardData) -> None:
        self.dataset = data.dataset
        self.title = data.title
        self._portal = portal
        self._data = data

    def scope(self, region: Region | None) -> Region | None:
        return region

    async def pages(self, region: Region | None) -> AsyncIterator[PulledPage | PullFailure]:  # noqa: ARG002
        read = total = 0
        for number in range(1, MOST_PAGES + 1):
            try:
                page = await self._portal.page(self._data.path, number)
            except OpenDataFailed as failed:
                yield PullFailure(str(number), failed.reason)
                return
            total = max(total, page.total)
            if page.rows:
                rows = [parse(row, read + index, self._data) for index, row in enumerate(page.rows, 1)]
                yield PulledPage(rows, total)
                read += len(rows)
            if not page.rows and read < total:
                yield PullFailure(str(number), "page_missing")
            if not page.rows or (total and read >= total):
                return
        yield PullFailure(str(MOST_PAGES), "too_long")


def parse(row: Mapping[str, str], number: int, data: StandardData) -> PulledRow:
    """Row ``number``, from 1, of ``data``. Its columns have Korean or English names."""
    fields = {plain(column): present(clean(value)) for column, value in row.items()}
    try:
        columns = _columns(tuple(row))
    except BinsColumnsMissing:
        return PulledRow(RowResult(problem=RowProblem(number, ProblemReason.NO_COORDINATES)))
    kinds = next(filter(None, (kinds_in(row[column]) for column in columns["kind"])), data.kinds)
    result = parse_row(FileRow(number, row, kinds), columns, ImportDefaults(data.title))
    region = _region(fields, filled({name: clean(value) for name, value in row.items()}, columns["address"]))
    return PulledRow(result, _reference(fields, region), region)


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...]) -> Columns:
    return recognise(names, {})


def _region(fields: Mapping[str, str], addresses: list[str]) -> Region | None:
    """By the row's own province and district (which may begin with the province once more), else by its address."""
    province = _first(fields, "ctpvnm", "시도명")
    district = _first(fields, "sggnm", "시군구명").removeprefix(f"{province} ")
    named = region_named(f"{province} {district}") if province else None
    return named or next(filter(None, map(region_of, addresses)), None)


def _reference(fields: Mapping[str, str], region: Region | None) -> str | None:
    """Districts number their bins; the number alone is not unique in Korea."""
    number = _first(fields, "mngno", "관리번호")
    return f"{region.ko}/{number}" if number and region else None


def _first(fields: Mapping[str, str], *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")
