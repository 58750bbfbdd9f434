"""Use cases of locations: find the nearest bins, say what became of one, fill the table."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from importlib import resources
from itertools import islice
from typing import Final
from uuid import UUID

from bunri.domains.locations import importing
from bunri.domains.locations.area import Area
from bunri.domains.locations.elsewhere import places_named, places_nearby
from bunri.domains.locations.errors import BinMissing
from bunri.domains.locations.gazetteer import named, words_of
from bunri.domains.locations.geodesy import distance, shortest
from bunri.domains.locations.importing.duplicates import Seen
from bunri.domains.locations.importing.rows import Defaults, Draft, Reading
from bunri.domains.locations.importing.summary import Summary
from bunri.domains.locations.merging import merge
from bunri.domains.locations.models import Bin
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.repository import Candidate, Cell, LocationsRepository
from bunri.domains.locations.routes import route_url
from bunri.domains.locations.schemas import BinDetails, BinMap, BinPoint, Cluster, KindCount, Spot, VoteCounts
from bunri.domains.locations.standing import Vote, standing
from bunri.kit.clock import Clock
from bunri.platform.places.protocol import Places

SPARE: Final = 8
"""Candidates beyond the limit: enough to prove the order at once, but for bins on one spot."""
MOST_CANDIDATES: Final = 1000
MILLIMETRE: Final = 0.001
FAR: Final = 300_000.0
"""Metres from which on nobody walks and the proof would ask for the whole table."""
A_FEW: Final = 50
"""Geodesics (0.1 ms each) that other requests can wait for; more are computed beside the event loop."""
BATCH: Final = 5000
MOST_POINTS: Final = 300
"""Bins that a map draws one by one; more are drawn as clusters."""
MOST_KNOWN: Final = 2000
"""Bins that are looked at to learn where words are."""
SAMPLE: Final = "bunri 예시"
"""The source of the bins that are only for show."""


class LocationsService:
    """LocationsPublic, and what people and operators do with bins. One serves a whole process: each use case is one
    transaction, and none is open while another map is asked.

    Where a person stands goes into the query and is kept and logged nowhere.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[LocationsRepository]],
        clock: Clock,
        places: Places | None = None,
    ) -> None:
        self._begin = begin
        self._clock = clock
        self._places = places

    async def nearby(self, lat: float, lng: float, kinds: Sequence[BinKind], limit: int) -> list[NearbyBin]:
        """As LocationsPublic, with what another map adds when there is one.

        Exact to the millimetre up to FAR. Beyond, and where more than MOST_CANDIDATES bins are as far as each other to
        within the doubt, one of them may stand for another (the doubt is 1 m at 300 km, 0.4 % across an ocean).
        """
        async with self._begin() as repository:
            own = await self._own(repository, lat, lng, kinds, limit)
        if self._places is None:
            return own
        return merge(own, await places_nearby(self._places, lat, lng, kinds, limit), limit)

    async def _own(
        self, repository: LocationsRepository, lat: float, lng: float, kinds: Sequence[BinKind], limit: int
    ) -> list[NearbyBin]:
        now, count, metres = self._clock(), limit + SPARE, dict[UUID, float]()
        while True:
            candidates = await repository.nearest_by_chord(lat, lng, kinds, count, now)
            metres |= await _distances(lat, lng, [each for each in candidates if each.id not in metres])
            ranked = sorted(candidates, key=lambda each: (metres[each.id], each.id))[:limit]
            if len(candidates) < count or count >= MOST_CANDIDATES or _is_settled(metres[ranked[-1].id], candidates):
                return [_nearby(each, metres[each.id]) for each in ranked]
            count = min(count * 4, MOST_CANDIDATES)

    async def map_of(self, area: Area, kinds: Sequence[BinKind]) -> BinMap:
        """The bins of ``kinds`` (all when empty) in ``area``, or clusters where they are more than MOST_POINTS, and how
        many there are of every kind."""
        now = self._clock()
        async with self._begin() as repository:
            cells = await repository.cells_within(area, now)
            asked = [cell for cell in cells if not kinds or cell.kind in kinds]
            total = sum(cell.count for cell in asked)
            bins = await repository.within(area, kinds, now) if total <= MOST_POINTS else []
        return BinMap(
            kinds=_counts(cells),
            total=total,
            bins=[_point(bin_, full=bin_.full_until is not None and bin_.full_until > now) for bin_ in bins],
            clusters=[] if total <= MOST_POINTS else _clusters(asked),
        )

    async def find(self, query: str, limit: int) -> list[Spot]:
        """Places that words name: those of another map first, when there is one and it answers, then what our own
        bins' addresses know."""
        words = words_of(query)
        async with self._begin() as repository:
            known = await repository.known_as(words, MOST_KNOWN) if words else []
        own = [
            Spot(name=each.name, address=None, lat=each.lat, lng=each.lng, source="bins")
            for each in named(words, known, limit)
        ]
        theirs = await places_named(self._places, query, limit) if self._places and words else []
        return [*theirs, *own][:limit]

    async def get(self, bin_id: UUID) -> BinDetails:
        """Raises BinMissing."""
        async with self._begin() as repository:
            return await self._details(repository, await _bin(repository, bin_id))

    async def vote(self, bin_id: UUID, person: str, vote: Vote) -> BinDetails:
        """Takes a person's vote in the place of their earlier one and draws the consequence. Raises BinMissing."""
        async with self._begin() as repository:
            bin_, now = await _bin(repository, bin_id, lock=True), self._clock()
            await repository.cast(bin_id, person, vote, now)
            await repository.set_standing(bin_, standing(await repository.votes_on(bin_id), now))
            return await self._details(repository, bin_)

    async def import_bins(
        self, readings: Iterable[Reading], progress: Callable[[Summary], None] = lambda _: None
    ) -> Summary:
        """Adds what ``readings`` hold and the table does not: importing the same file again adds nothing. All of it
        or, when the reader raises, none of it. The first real bins take the place of the sample: nobody should be
        sent to a bin that is not there."""
        async with self._begin() as repository:
            await repository.begin_import()
            sample = await repository.remove_source(SAMPLE)
            summary = await self._import(repository, readings, progress)
            if sample and not summary.added:
                await self._load_sample(repository)
        return summary

    async def load_sample(self) -> int:
        """Puts the sample into an empty table, so that a first visitor finds something; returns how many bins."""
        async with self._begin() as repository:
            await repository.begin_import()
            return await self._load_sample(repository) if await repository.is_empty() else 0

    async def counts(self) -> dict[BinKind, int]:
        """Bins by kind, the kinds without any left out."""
        async with self._begin() as repository:
            return await repository.counts()

    async def newest(self, kind: BinKind | None, limit: int) -> list[Bin]:
        """The bins that came last."""
        async with self._begin() as repository:
            return await repository.newest(kind, limit)

    async def _load_sample(self, repository: LocationsRepository) -> int:
        with (resources.files("bunri.domains.locations") / "data" / "sample.csv").open("rb") as file:
            return (await self._import(repository, importing.readings(file, Defaults(source=SAMPLE)))).added

    async def _import(
        self,
        repository: LocationsRepository,
        readings: Iterable[Reading],
        progress: Callable[[Summary], None] = lambda _: None,
    ) -> Summary:
        summary = Summary()
        for batch in _batches(readings):
            for reading in batch:
                summary.count(reading)
            drafts = [draft for reading in batch for draft in reading.drafts]
            added = await self._add_new(repository, drafts)
            summary.added += added
            summary.merged += len(drafts) - added
            progress(summary)
        return summary

    async def _add_new(self, repository: LocationsRepository, drafts: list[Draft]) -> int:
        """Adds each draft that neither the table nor an earlier draft has. Asking the table first makes the outcome
        that of adding one by one, whatever the size of the batch."""
        known, seen = await repository.known(drafts), Seen()
        new = [draft for position, draft in enumerate(drafts) if position not in known and seen.add(draft)]
        await repository.add(new, self._clock())
        return len(new)

    async def _details(self, repository: LocationsRepository, bin_: Bin) -> BinDetails:
        votes = Counter(cast.vote for cast in await repository.votes_on(bin_.id))
        now = self._clock()
        return BinDetails(
            id=bin_.id,
            kind=BinKind(bin_.kind),
            name=bin_.name,
            address=bin_.address,
            lat=bin_.lat,
            lng=bin_.lng,
            source=bin_.source,
            route_url=route_url(bin_.name, bin_.lat, bin_.lng),
            full=bin_.full_until is not None and bin_.full_until > now,
            hidden=bin_.hidden_until is not None and bin_.hidden_until > now,
            votes=VoteCounts(ok=votes[Vote.OK], full=votes[Vote.FULL], gone=votes[Vote.GONE]),
        )


async def _bin(repository: LocationsRepository, bin_id: UUID, *, lock: bool = False) -> Bin:
    if found := await repository.get_by_id(bin_id, lock=lock):
        return found
    raise BinMissing


async def _distances(lat: float, lng: float, candidates: Sequence[Candidate]) -> dict[UUID, float]:
    def compute() -> dict[UUID, float]:
        return {each.id: distance(lat, lng, each.lat, each.lng) for each in candidates}

    return compute() if len(candidates) <= A_FEW else await asyncio.to_thread(compute)


def _is_settled(furthest: float, candidates: Sequence[Candidate]) -> bool:
    """Whether nothing that the index has left can be nearer than ``furthest`` metres, or nobody cares any more."""
    return furthest > FAR or furthest <= shortest(candidates[-1].chord) + MILLIMETRE


def _nearby(candidate: Candidate, metres: float) -> NearbyBin:
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
    )


def _point(bin_: Bin, *, full: bool) -> BinPoint:
    return BinPoint(
        id=bin_.id,
        kind=BinKind(bin_.kind),
        name=bin_.name,
        address=bin_.address,
        lat=bin_.lat,
        lng=bin_.lng,
        route_url=route_url(bin_.name, bin_.lat, bin_.lng),
        full=full,
    )


def _counts(cells: Iterable[Cell]) -> list[KindCount]:
    counts = Counter[BinKind]()
    for cell in cells:
        counts[cell.kind] += cell.count
    return [KindCount(kind=kind, count=count) for kind, count in counts.most_common()]


def _clusters(cells: Iterable[Cell]) -> list[Cluster]:
    """One for each cell of the grid, at the middle of its bins, largest first."""
    sums = defaultdict[tuple[int, int], list[float]](lambda: [0, 0.0, 0.0])
    for cell in cells:
        together = sums[cell.row, cell.column]
        for place, value in enumerate((cell.count, cell.count * cell.lat, cell.count * cell.lng)):
            together[place] += value
    found = [Cluster(lat=lat / count, lng=lng / count, count=int(count)) for count, lat, lng in sums.values()]
    return sorted(found, key=lambda each: -each.count)


def _batches(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    rest = iter(readings)
    while batch := list(islice(rest, BATCH)):
        yield batch
