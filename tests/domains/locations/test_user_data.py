"""What locations keeps of a person: shown, removed, handed over."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from tests.domains.locations.conftest import NOW, LocationsAt

from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind, Vote
from bunri.domains.locations.repository import LocationsRepository
from bunri.domains.locations.user_data import LocationsUserData
from bunri.platform.db import Database, Transaction


@pytest.fixture
def data(transaction: Transaction[LocationsRepository]) -> LocationsUserData:
    return LocationsUserData(transaction, lambda: NOW)


@pytest.fixture
async def bins(database: Database) -> list[UUID]:
    made = [
        BinRow(id=uuid4(), kind=BinKind.PET, name="수거함", lat=37.5, lng=127.0, source="test", created_at=NOW)
        for _ in range(2)
    ]
    async with database.transaction("locations") as session:
        session.add_all(made)
    return [each.id for each in made]


async def _votes(data: LocationsUserData, owner: str) -> dict[str, str]:
    return {each["bin_id"]: each["vote"] for each in (await data.export(owner)).document["votes"]}


async def test_export_has_the_votes(bins: list[UUID], locations_at: LocationsAt, data: LocationsUserData) -> None:
    await locations_at().vote(bins[0], "a", Vote.FULL)
    await locations_at().vote(bins[1], "b", Vote.OK)
    assert (await data.export("a")).document == {
        "votes": [{"bin_id": str(bins[0]), "vote": "full", "cast_at": NOW.isoformat()}]
    }
    assert (await data.export("nobody")).document == {"votes": []}


async def test_erase_removes_them_and_again_does_no_harm(
    bins: list[UUID], locations_at: LocationsAt, data: LocationsUserData
) -> None:
    for person in ("a", "b"):
        await locations_at().vote(bins[0], person, Vote.OK)
    for _ in range(2):
        await data.erase("a")
    assert (await data.export("a")).document == {"votes": []}
    assert (await locations_at().get(bins[0])).votes.ok == 1


class TestUpgrade:
    async def test_hands_them_over_and_again_does_no_harm(
        self, bins: list[UUID], locations_at: LocationsAt, data: LocationsUserData
    ) -> None:
        await locations_at().vote(bins[0], "old", Vote.OK)
        for _ in range(2):
            await data.upgrade("old", "new")
        assert (await data.export("old")).document == {"votes": []}
        assert await _votes(data, "new") == {str(bins[0]): "ok"}

    @pytest.mark.parametrize(("old_at", "new_at", "counts"), [(0, 1, "full"), (1, 0, "ok")])
    async def test_the_later_vote_counts(
        self,
        bins: list[UUID],
        locations_at: LocationsAt,
        data: LocationsUserData,
        old_at: int,
        new_at: int,
        counts: str,
    ) -> None:
        def at(hours: int) -> datetime:
            return NOW - timedelta(hours=2 - hours)

        await locations_at(at=at(old_at)).vote(bins[0], "old", Vote.OK)
        await locations_at(at=at(new_at)).vote(bins[0], "new", Vote.FULL)
        await data.upgrade("old", "new")
        assert await _votes(data, "new") == {str(bins[0]): counts}
        assert (await data.export("old")).document == {"votes": []}
