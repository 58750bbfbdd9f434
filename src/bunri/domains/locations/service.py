"""Use cases of locations: find the nearest bins, say what became of one, fill the table."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from itertools import islice
from typing import Final
from uuid import UUID

from bunri.domains.locations import importing
from bunri.domains.locations.elsewhere import places_nearby
from bunri.domains.locations.errors import BinMissing
from bunri.domains.locations.geodesy import distance, shortest
from bunri.domains.locations.importing.duplicates import Seen
from bunri.domains.locations.importing.rows import Defaults, Draft, Reading
from bunri.domains.locations.importing.summary import Summary
from bunri.domains.locations.merging import merge
from bunri.domains.locations.models import Bin
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.domains.locations.repository import Candidate, LocationsRepository
from bunri.domains.locations.routes import route_url
from bunri.domains.locations.schemas import BinDetails, VoteCounts
from bunri.domains.locations.standing import Vote, standing
from bunri.kit.clock import Clock
from bunri.platform.places.protocol import Places

SPARE: Final = 8
"""Candidates beyond the limit: enough to prove the order at once, but for bins on one spot."""
MOST_CANDIDATES: Final = 1000
MILLIMETRE: Final = 0.001
BATCH: Final = 5000
SAMPLE: Final = "bunri 예시"
"""The source of the bins that are only for show."""


class LocationsService:
    """LocationsPublic, and what people and operators do with bins.

    Where a person stands goes into the query and is kept and logged nowhere.
    """

    def __init__(self, repository: LocationsRepository, clock: Clock, places: Places | None = None) -> None:
        self._repository = repository
        self._clock = clock
        self._places = places

    async def nearby(self, lat: float, lng: float, kinds: Sequence[BinKind], limit: int) -> list[NearbyBin]:
        """As LocationsPublic, with what another map adds when there is one. Exact to the millimetre; only where more
        than MOST_CANDIDATES bins are as far as each other to within the doubt (1 m at 300 km, 0.4 % across an ocean)
        may one of them stand for another."""
        own = await self._own(lat, lng, kinds, limit)
        if self._places is None:
            return own
        return merge(own, await places_nearby(self._places, lat, lng, kinds, limit), limit)

    async def _own(self, lat: float, lng: float, kinds: Sequence[BinKind], limit: int) -> list[NearbyBin]:
        now, count = self._clock(), limit + SPARE
        while True:
            candidates = await self._repository.nearest_by_chord(lat, lng, kinds, count, now)
            ranked = sorted((distance(lat, lng, each.lat, each.lng), each.id, each) for each in candidates)[:limit]
            all_of_them = len(candidates) < count or count >= MOST_CANDIDATES
            if all_of_them or ranked[-1][0] <= shortest(candidates[-1].chord) + MILLIMETRE:
                return [_nearby(each, metres) for metres, _, each in ranked]
            count = min(count * 4, MOST_CANDIDATES)

    async def get(self, bin_id: UUID) -> BinDetails:
        """Raises BinMissing."""
        return await self._details(await self._bin(bin_id))

    async def vote(self, bin_id: UUID, person: str, vote: Vote) -> BinDetails:
        """Takes a person's vote in the place of their earlier one and draws the consequence. Raises BinMissing."""
        bin_, now = await self._bin(bin_id, lock=True), self._clock()
        await self._repository.cast(bin_id, person, vote, now)
        await self._repository.set_standing(bin_, standing(await self._repository.votes_on(bin_id), now))
        return await self._details(bin_)

    async def import_bins(
        self, readings: Iterable[Reading], progress: Callable[[Summary], None] = lambda _: None
    ) -> Summary:
        """Adds what ``readings`` hold and the table does not: importing the same file again adds nothing. All of it
        or, when the reader raises, none of it. The first real bins take the place of the sample: nobody should be
        sent to a bin that is not there."""
        await self._repository.begin_import()
        sample = await self._repository.remove_source(SAMPLE)
        summary = await self._import(readings, progress)
        if sample and not summary.added:
            await self.load_sample()
        return summary

    async def load_sample(self) -> int:
        """Puts the sample into an empty table, so that a first visitor finds something; returns how many bins."""
        if not await self._repository.is_empty():
            return 0
        await self._repository.begin_import()
        with (resources.files("bunri.domains.locations") / "data" / "sample.csv").open("rb") as file:
            return (await self._import(importing.readings(file, Defaults(source=SAMPLE)))).added

    async def counts(self) -> dict[BinKind, int]:
        """Bins by kind, the kinds without any left out."""
        return await self._repository.counts()

    async def newest(self, kind: BinKind | None, limit: int) -> list[Bin]:
        """The bins that came last."""
        return await self._repository.newest(kind, limit)

    async def _import(
        self, readings: Iterable[Reading], progress: Callable[[Summary], None] = lambda _: None
    ) -> Summary:
        summary = Summary()
        for batch in _batches(readings):
            for reading in batch:
                summary.count(reading)
            drafts = [draft for reading in batch for draft in reading.drafts]
            added = await self._add_new(drafts)
            summary.added += added
            summary.merged += len(drafts) - added
            progress(summary)
        return summary

    async def _add_new(self, drafts: list[Draft]) -> int:
        """Adds each draft that neither the table nor an earlier draft has. Asking the table first makes the outcome
        that of adding one by one, whatever the size of the batch."""
        known, seen = await self._repository.known(drafts), Seen()
        new = [draft for position, draft in enumerate(drafts) if position not in known and seen.add(draft)]
        await self._repository.add(new, self._clock())
        return len(new)

    async def _bin(self, bin_id: UUID, *, lock: bool = False) -> Bin:
        if found := await self._repository.get_by_id(bin_id, lock=lock):
            return found
        raise BinMissing

    async def _details(self, bin_: Bin) -> BinDetails:
        votes = Counter(cast.vote for cast in await self._repository.votes_on(bin_.id))
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


def _batches(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    rest = iter(readings)
    while batch := list(islice(rest, BATCH)):
        yield batch
