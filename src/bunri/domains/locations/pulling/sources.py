"""What every source of open data gives: rows by the page, and what it could not give."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from bunri.domains.locations.importing.rows import RowResult
from bunri.domains.locations.regions import Region


@dataclass(frozen=True, slots=True)
class PulledRow:
    """A row of a data set: its bins or its problem, what the data set calls it, and where in Korea it is."""

    result: RowResult
    reference: str | None = None
    """Names the same thing when it is pulled again, even where it was moved or renamed; None where nothing does."""
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class PulledPage:
    """Some rows, and how many there are in all, as far as the source knows."""

    rows: list[PulledRow]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class PullFailure:
    """A part that could not be had: where, and why (as ``OpenDataFailed.reason``, or ``page_missing``, ``empty``)."""

    where: str
    reason: str


class Source(Protocol):
    """One data set of a provider."""

    @property
    def dataset(self) -> str:
        """Its name in the table: ``data.go.kr/clothes``."""
        ...

    @property
    def title(self) -> str:
        """Its own name, which is shown as the source of its bins."""
        ...

    def scope(self, region: Region | None) -> Region | None:
        """The region that is pulled when ``region`` is asked for: the same or a larger one. None: all of Korea."""
        ...

    def pages(self, region: Region | None) -> AsyncIterator[PulledPage | PullFailure]:
        """The rows of ``scope(region)``, with rows of other regions among them. It ends early after a failure."""
        ...
