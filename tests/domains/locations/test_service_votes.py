import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.domains.locations.conftest import NOW, LocationsAt

from bunri.domains.locations.errors import BinMissing
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind, Vote
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Database

HERE = (37.5663, 126.9779)


@pytest.fixture
async def bin_id(database: Database) -> UUID:
    made = BinRow(id=uuid4(), kind=BinKind.PET, name="수거함", lat=HERE[0], lng=HERE[1], source="test", created_at=NOW)
    async with database.transaction("locations") as session:
        session.add(made)
    return made.id


class TestVoting:
    async def test_several_people_hide_a_bin_that_is_gone_for_a_while(
        self, bin_id: UUID, locations: LocationsService, locations_at: LocationsAt
    ) -> None:
        await locations_at(at=NOW - timedelta(days=1)).vote(bin_id, "a", Vote.GONE)
        for person in ("b", "c"):
            answer = await locations.vote(bin_id, person, Vote.GONE)
        assert answer.hidden
        assert answer.votes.gone == 3
        assert await locations.nearby(*HERE, [], 5) == []
        assert await locations.nearby(*HERE, [BinKind.PET], 5) == []
        later = locations_at(at=NOW + timedelta(days=60))
        assert [each.id for each in await later.nearby(*HERE, [], 5)] == [bin_id]
        assert not (await later.get(bin_id)).hidden

    async def test_any_number_of_guests_in_an_hour_hides_nothing(
        self, bin_id: UUID, locations: LocationsService
    ) -> None:
        for number in range(20):
            answer = await locations.vote(bin_id, f"guest_{number}", Vote.GONE)
        assert not answer.hidden
        assert [each.id for each in await locations.nearby(*HERE, [], 5)] == [bin_id]

    async def test_one_person_has_one_vote_and_may_change_it(self, bin_id: UUID, locations: LocationsService) -> None:
        for vote in (Vote.GONE, Vote.GONE, Vote.GONE, Vote.OK):
            answer = await locations.vote(bin_id, "a", vote)
        assert not answer.hidden
        assert answer.votes.model_dump() == {"ok": 1, "full": 0, "gone": 0}

    async def test_a_full_bin_is_still_shown_and_says_so_for_a_day(
        self, bin_id: UUID, locations: LocationsService, locations_at: LocationsAt
    ) -> None:
        assert (await locations.vote(bin_id, "a", Vote.FULL)).full
        assert [each.full for each in await locations.nearby(*HERE, [], 5)] == [True]
        later = locations_at(at=NOW + timedelta(days=2))
        assert [each.full for each in await later.nearby(*HERE, [], 5)] == [False]

    async def test_votes_at_once_all_count(self, bin_id: UUID, locations: LocationsService) -> None:
        async def vote(person: str) -> None:
            await locations.vote(bin_id, person, Vote.GONE)

        await asyncio.gather(*(vote(person) for person in "abcdef"))
        answer = await locations.get(bin_id)
        assert answer.votes.gone == 6

    async def test_an_unknown_bin_is_missing(self, locations: LocationsService) -> None:
        with pytest.raises(BinMissing):
            await locations.get(uuid4())
        with pytest.raises(BinMissing):
            await locations.vote(uuid4(), "a", Vote.OK)
