"""Use cases of locations: find the nearest bins, vote on a bin, import bins."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, replace
from datetime import datetime
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bunri.domains.locations import importing
from bunri.domains.locations.area import Area
from bunri.domains.locations.errors import BinMissing
from bunri.domains.locations.external_places import places_named, places_nearby
from bunri.domains.locations.gazetteer import NamedArea, find_areas, search_words
from bunri.domains.locations.geodesy import distance, min_geodesic
from bunri.domains.locations.importing.duplicates import DuplicateFilter
from bunri.domains.locations.importing.rows import SAMPLE_SOURCE, ImportDefaults, NewBin, RowResult
from bunri.domains.locations.importing.summary import ImportSummary
from bunri.domains.locations.merging import merge
from bunri.domains.locations.public import BinKind, LocationsPublic, NamedBin, NearbyBin, Vote
from bunri.domains.locations.pulling.credits import CREDITS
from bunri.domains.locations.regions import RegionHit, find_regions, region_named, similar_regions
from bunri.domains.locations.repository import Bin, BinCandidate, Cell, LocationsRepository
from bunri.domains.locations.routes import route_url
from bunri.domains.locations.schemas import (
    BinDetails,
    BinMap,
    BinPoint,
    Cluster,
    DataCredit,
    KindCount,
    PlaceSuggestion,
    VoteCounts,
)
from bunri.domains.locations.vote_tally import tally
from bunri.kit.clock import Clock
from bunri.platform.places.protocol import Places

SPARE_CANDIDATES: Final = 8
"""Candidates read beyond the limit. That is enough to prove the order, unless many bins are equally far."""
MAX_CANDIDATES: Final = 1000
MILLIMETRE: Final = 0.001
FAR_M: Final = 300_000.0
"""Metres beyond which the order is not proven: nobody walks that far, and the proof would read the whole table."""
MAX_INLINE_GEODESICS: Final = 50
"""Geodesics (0.1 ms each) that are computed on the event loop; more are computed in a thread."""
BATCH_SIZE: Final = 5000
MAX_POINTS: Final = 300
"""Bins that a map draws one by one; more are drawn as clusters."""
MAX_MATCHES: Final = 2000
"""Most bins that are read to find the area that words name."""


class LocationsService:
    """Implements LocationsPublic, and the use cases of people and operators. A process has one. Each use case is one
    transaction, which is closed before an external map service is asked.

    A person's position is used for the query only; it is neither stored nor logged.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractAsyncContextManager[LocationsRepository]],
        clock: Clock,
        places: Places | None = None,
    ) -> None:
        self._transaction = transaction
        self._clock = clock
        self._places = places

    async def nearby(self, lat: float, lng: float, kinds: Sequence[BinKind], limit: int) -> list[NearbyBin]:
        """As LocationsPublic, with the places of an external map service when there is one.

        Exact to the millimetre up to FAR_M. Beyond, and where more than MAX_CANDIDATES bins are equally far within the
        error of the chord (1 m at 300 km, 0.4 % across an ocean), a bin that is as far may be given instead.
        """
        async with self._transaction() as repository:
            own = await self._own(repository, lat, lng, kinds, limit)
        if self._places is None:
            return own
        return merge(own, await places_nearby(self._places, lat, lng, kinds, limit), limit)

    async def _own(
        self, repository: LocationsRepository, lat: float, lng: float, kinds: Sequence[BinKind], limit: int
    ) -> list[NearbyBin]:
        now, count, metres = self._clock(), limit + SPARE_CANDIDATES, dict[UUID, float]()
        while True:
            candidates = await repository.nearest_by_chord(lat, lng, kinds, count, now)
            metres |= await _distances(lat, lng, [each for each in candidates if each.id not in metres])
            ranked = sorted(candidates, key=lambda each: (metres[each.id], each.id))[:limit]
            if len(candidates) < count or count >= MAX_CANDIDATES or _is_settled(metres[ranked[-1].id], candidates):
                return [_nearby(each, metres[each.id]) for each in ranked]
            count = min(count * 4, MAX_CANDIDATES)

    async def map_of(self, area: Area, kinds: Sequence[BinKind]) -> BinMap:
        """The bins of ``kinds`` (all when empty) in ``area``, or clusters when they are more than MAX_POINTS, and the
        number of bins of every kind."""
        now = self._clock()
        async with self._transaction() as repository:
            cells = await repository.cells_within(area, now)
            wanted = [cell for cell in cells if not kinds or cell.kind in kinds]
            total = sum(cell.count for cell in wanted)
            bins = await repository.within(area, kinds, now) if total <= MAX_POINTS else []
            datasets = await repository.datasets_present(tuple(CREDITS))
        return BinMap(
            kinds=_counts(cells),
            total=total,
            bins=[_point(bin_, now) for bin_ in bins],
            clusters=[] if total <= MAX_POINTS else _clusters(wanted),
            credits=_credits(datasets),
        )

    async def find(self, query: str, limit: int) -> list[PlaceSuggestion]:
        """Places that words name: first those of the external map service, when there is one and it answers, then
        provinces and districts, then areas from the bins' own addresses. When there are none of these, provinces and
        districts that are spelt much like it."""
        words = search_words(query)
        async with self._transaction() as repository:
            bins = await repository.find_by_words(words, MAX_MATCHES) if words else []
        areas = [each for each in find_areas(words, bins, limit) if region_named(each.name) is None]
        external = await places_named(self._places, query, limit) if self._places and words else []
        found = [*external, *map(_region, find_regions(query, limit)), *map(_area, areas)]
        return found[:limit] or [_region(hit) for hit in await asyncio.to_thread(similar_regions, query, limit)]

    async def get(self, bin_id: UUID) -> BinDetails:
        """Raises BinMissing."""
        async with self._transaction() as repository:
            return await self._details(repository, await _bin(repository, bin_id))

    async def vote(self, bin_id: UUID, person: str, vote: Vote) -> BinDetails:
        """Records a person's vote, replacing an earlier one, and updates the bin's tally. Raises BinMissing."""
        async with self._transaction() as repository:
            bin_, now = await _bin(repository, bin_id, lock=True), self._clock()
            await repository.record_vote(bin_id, person, vote, now)
            new = tally(await repository.votes_on(bin_id), now)
            await repository.set_tally(bin_id, new)
            return await self._details(repository, replace(bin_, **asdict(new)))

    async def saw(self, bin_id: UUID, person: str, vote: Vote) -> NamedBin:
        """As LocationsPublic."""
        found = await self.vote(bin_id, person, vote)
        return NamedBin(id=found.id, kind=found.kind, name=found.name, address=found.address)

    async def import_bins(
        self,
        rows: Iterable[RowResult],
        progress: Callable[[ImportSummary], None] = lambda _: None,
        dataset: str | None = None,
    ) -> ImportSummary:
        """Adds the bins of ``rows`` that the table does not have: importing the same file again adds nothing. When the
        reader raises, nothing is added. The first real bins replace the sample, since sample bins may not exist.
        ``dataset`` is the one of ``CREDITS`` that the rows are of."""
        async with self._transaction() as repository:
            await repository.begin_import()
            sample = await repository.remove_source(SAMPLE_SOURCE)
            summary = await self._import(repository, rows, progress, dataset)
            if sample and not summary.added:
                await self._load_sample(repository)
        return summary

    async def load_sample(self) -> int:
        """Adds the sample bins to an empty table, for a first look at the product; returns their number."""
        async with self._transaction() as repository:
            await repository.begin_import()
            return await self._load_sample(repository) if await repository.is_empty() else 0

    async def counts(self) -> dict[BinKind, int]:
        """Bins by kind, the kinds without any left out."""
        async with self._transaction() as repository:
            return await repository.counts()

    async def newest(self, kind: BinKind | None, limit: int) -> list[Bin]:
        """The bins that were added last, newest first."""
        async with self._transaction() as repository:
            return await repository.newest(kind, limit)

    async def _load_sample(self, repository: LocationsRepository) -> int:
        with (resources.files("bunri.domains.locations") / "data" / "sample.csv").open("rb") as file:
            return (
                await self._import(repository, importing.read_rows(file, ImportDefaults(source=SAMPLE_SOURCE)))
            ).added

    async def _import(
        self,
        repository: LocationsRepository,
        rows: Iterable[RowResult],
        progress: Callable[[ImportSummary], None] = lambda _: None,
        dataset: str | None = None,
    ) -> ImportSummary:
        summary = ImportSummary()
        for batch in _batches(rows):
            for result in batch:
                summary.count(result)
            new_bins = [new_bin for result in batch for new_bin in result.new_bins]
            added = await self._add_new(repository, new_bins, dataset)
            summary.added += added
            summary.merged += len(new_bins) - added
            progress(summary)
        return summary

    async def _add_new(self, repository: LocationsRepository, new_bins: list[NewBin], dataset: str | None) -> int:
        """Adds each bin that is neither in the table nor an earlier one of the batch. Duplicates of the table are left
        out first, so that the result does not depend on the size of the batches."""
        existing, duplicates = await repository.find_existing(new_bins), DuplicateFilter()
        added = [new_bin for index, new_bin in enumerate(new_bins) if index not in existing and duplicates.add(new_bin)]
        await repository.add(added, self._clock(), dataset)
        return len(added)

    async def _details(self, repository: LocationsRepository, bin_: Bin) -> BinDetails:
        votes = Counter(record.vote for record in await repository.votes_on(bin_.id))
        now = self._clock()
        return BinDetails(
            id=bin_.id,
            kind=bin_.kind,
            name=bin_.name,
            address=bin_.address,
            lat=bin_.lat,
            lng=bin_.lng,
            source=bin_.source,
            route_url=route_url(bin_.name, bin_.lat, bin_.lng),
            full=_still(bin_.full_until, now),
            doubted=_still(bin_.doubted_until, now),
            hidden=_still(bin_.hidden_until, now),
            votes=VoteCounts(ok=votes[Vote.OK], full=votes[Vote.FULL], gone=votes[Vote.GONE]),
        )


async def _bin(repository: LocationsRepository, bin_id: UUID, *, lock: bool = False) -> Bin:
    if found := await repository.get_by_id(bin_id, lock=lock):
        return found
    raise BinMissing


async def _distances(lat: float, lng: float, candidates: Sequence[BinCandidate]) -> dict[UUID, float]:
    def compute() -> dict[UUID, float]:
        return {each.id: distance(lat, lng, each.lat, each.lng) for each in candidates}

    return compute() if len(candidates) <= MAX_INLINE_GEODESICS else await asyncio.to_thread(compute)


def _is_settled(furthest: float, candidates: Sequence[BinCandidate]) -> bool:
    """Whether no bin that was not read can be nearer than ``furthest`` metres, or that is too far for the proof."""
    return furthest > FAR_M or furthest <= min_geodesic(candidates[-1].chord) + MILLIMETRE


def _nearby(candidate: BinCandidate, metres: float) -> NearbyBin:
    return NearbyBin(
        id=candidate.id,
        kind=candidate.kind,
        name=candidate.name,
        address=candidate.address,
        lat=candidate.lat,
        lng=candidate.lng,
        distance_m=round(metres, 2),
        source=candidate.source,
        route_url=route_url(candidate.name, candidate.lat, candidate.lng),
        full=candidate.full,
        doubted=candidate.doubted,
    )


def _still(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def _point(bin_: Bin, now: datetime) -> BinPoint:
    return BinPoint(
        id=bin_.id,
        kind=bin_.kind,
        name=bin_.name,
        address=bin_.address,
        lat=bin_.lat,
        lng=bin_.lng,
        route_url=route_url(bin_.name, bin_.lat, bin_.lng),
        full=_still(bin_.full_until, now),
        doubted=_still(bin_.doubted_until, now),
    )


def _region(hit: RegionHit) -> PlaceSuggestion:
    address = None if hit.language == "ko" else hit.region.ko
    return PlaceSuggestion(name=hit.name, address=address, lat=hit.region.lat, lng=hit.region.lng, source="districts")


def _area(area: NamedArea) -> PlaceSuggestion:
    return PlaceSuggestion(name=area.name, address=None, lat=area.lat, lng=area.lng, source="bins")


def _credits(datasets: Iterable[str]) -> list[DataCredit]:
    named = dict.fromkeys(CREDITS[dataset] for dataset in datasets)
    return [DataCredit(text=each.text, url=each.url) for each in named]


def _counts(cells: Iterable[Cell]) -> list[KindCount]:
    counts = Counter[BinKind]()
    for cell in cells:
        counts[cell.kind] += cell.count
    return [KindCount(kind=kind, count=count) for kind, count in counts.most_common()]


def _clusters(cells: Iterable[Cell]) -> list[Cluster]:
    """A cluster for each cell of the grid, at the mean position of its bins, largest first."""
    sums = defaultdict[tuple[int, int], list[float]](lambda: [0, 0.0, 0.0])
    for cell in cells:
        totals = sums[cell.row, cell.column]
        for index, value in enumerate((cell.count, cell.count * cell.lat, cell.count * cell.lng)):
            totals[index] += value
    found = [Cluster(lat=lat / count, lng=lng / count, count=int(count)) for count, lat, lng in sums.values()]
    return sorted(found, key=lambda each: -each.count)


def _batches(rows: Iterable[RowResult]) -> Iterator[list[RowResult]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH_SIZE)):
        yield batch


if TYPE_CHECKING:
    _: type[LocationsPublic] = LocationsService
