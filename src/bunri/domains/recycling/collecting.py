"""Collection days as people and operators say them."""

from bunri.domains.auth.public import Caller
from bunri.domains.recycling.collection_days import DayRow, building_key, read_csv
from bunri.domains.recycling.errors import BuildingNotYours
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.schemas import CollectionDaysIn
from bunri.domains.users.public import UsersPublic
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

BY_RESIDENTS = "residents"
"""The source of days that somebody who lives in the building said."""


class CollectionDays:
    def __init__(
        self,
        transaction: Transaction[RecyclingRepository],
        recycling: RecyclingPublic,
        users: UsersPublic,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._recycling = recycling
        self._users = users
        self._clock = clock

    async def say(self, caller: Caller, said: CollectionDaysIn) -> None:
        """The days of the caller's building, in place of what was said before. None: those of the district hold again.

        Raises RegionMissing, BuildingNotYours."""
        region = await self._recycling.region(said.region, "ko")
        profile = await self._users.profile(caller.id)
        key = building_key(said.building)
        home = await self._recycling.region(profile.region, "ko") if profile.region else None
        if not key or key != building_key(profile.building) or region != home:
            raise BuildingNotYours
        now = self._clock()
        rows = [
            DayRow(region, key, each.material, each.weekday, each.begins, each.ends, BY_RESIDENTS, now, caller.id)
            for each in said.days
        ]
        async with self._transaction() as repository:
            await repository.replace_collection_days(region, key, rows)

    async def load(self, data: bytes) -> int:
        """How many rows of a district's table are in force now: they replace what was there of the districts that it
        names. Raises CollectionFileInvalid, RegionMissing; nothing has changed then."""
        rows = read_csv(data, self._clock())
        slugs = {each.region: await self._recycling.region(each.region, "ko") for each in rows}
        by_region: dict[str, dict[tuple[str, int], DayRow]] = {slug: {} for slug in slugs.values()}
        for each in rows:
            slug = slugs[each.region]
            by_region[slug][each.material, each.weekday] = DayRow(
                slug, "", each.material, each.weekday, each.begins, each.ends, each.source, each.changed_at
            )
        async with self._transaction() as repository:
            for slug, days in sorted(by_region.items()):
                await repository.replace_collection_days(slug, "", list(days.values()))
        return sum(len(days) for days in by_region.values())
