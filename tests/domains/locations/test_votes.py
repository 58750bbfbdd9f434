import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.domains.locations.conftest import NOW, OpenLocations

from bunri.domains.locations.errors import BinMissing
from bunri.domains.locations.models import Bin
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.standing import Vote
from bunri.platform.db import Database

HERE = (37.5663, 126.9779)


@pytest.fixture
async def bin_id(database: Database) -> UUID:
    made = Bin(id=uuid4(), kind=BinKind.PET, name="수거함", lat=HERE[0], lng=HERE[1], source="test", created_at=NOW)
    async with database.transaction() as session:
        session.add(made)
    return made.id


class TestVoting:
    async def test_several_people_hide_a_bin_that_is_gone_for_a_while(
        self, bin_id: UUID, open_locations: OpenLocations
    ) -> None:
        for person in ("a", "b", "c"):
            async with open_locations() as locations:
                told = await locations.vote(bin_id, person, Vote.GONE)
        assert told.hidden
        assert told.votes.gone == 3
        async with open_locations() as locations:
            assert await locations.nearby(*HERE, [], 5) == []
            assert await locations.nearby(*HERE, [BinKind.PET], 5) == []
        async with open_locations(at=NOW + timedelta(days=60)) as later:
            assert [each.id for each in await later.nearby(*HERE, [], 5)] == [bin_id]
            assert not (await later.get(bin_id)).hidden

    async def test_one_person_has_one_vote_and_may_change_it(self, bin_id: UUID, open_locations: OpenLocations) -> None:
        async with open_locations() as locations:
            for vote in (Vote.GONE, Vote.GONE, Vote.GONE, Vote.OK):
                told = await locations.vote(bin_id, "a", vote)
        assert not told.hidden
        assert told.votes.model_dump() == {"ok": 1, "full": 0, "gone": 0}

    async def test_a_full_bin_is_still_shown_and_says_so_for_a_day(
        self, bin_id: UUID, open_locations: OpenLocations
    ) -> None:
        async with open_locations() as locations:
            assert (await locations.vote(bin_id, "a", Vote.FULL)).full
        async with open_locations() as locations:
            assert [each.full for each in await locations.nearby(*HERE, [], 5)] == [True]
        async with open_locations(at=NOW + timedelta(days=2)) as later:
            assert [each.full for each in await later.nearby(*HERE, [], 5)] == [False]

    async def test_votes_at_once_all_count(self, bin_id: UUID, open_locations: OpenLocations) -> None:
        async def vote(person: str) -> None:
            async with open_locations() as locations:
                await locations.vote(bin_id, person, Vote.GONE)

        await asyncio.gather(*(vote(person) for person in "abcdef"))
        async with open_locations() as locations:
            told = await locations.get(bin_id)
        assert told.votes.gone == 6
        assert told.hidden

    async def test_an_unknown_bin_is_missing(self, open_locations: OpenLocations) -> None:
        async with open_locations() as locations:
            with pytest.raises(BinMissing):
                await locations.get(uuid4())
            with pytest.raises(BinMissing):
                await locations.vote(uuid4(), "a", Vote.OK)
