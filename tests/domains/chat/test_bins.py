"""What neighbours find of a bin is a message, and a vote on the bin."""

import random
from typing import NamedTuple
from uuid import UUID

import pytest
from tests.domains.chat.street import Street
from tests.support.callers import NewCaller

from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import NotAMember
from bunri.domains.chat.records import BinState, MessageType
from bunri.domains.chat.schemas import BinReportIn, MessageOut
from bunri.domains.chat.service.bins import BinReports
from bunri.domains.locations.importing.rows import NewBin, RowResult
from bunri.domains.locations.public import BinKind, LocationsPublic, NearbyBin
from bunri.domains.locations.service import LocationsService
from bunri.kit.ids import new_id

KIND = BinKind.CLOTHES


class Bin(NamedTuple):
    """One in the sea, where no other is."""

    street: Street
    id: UUID
    lat: float
    lng: float

    async def found(self, state: BinState, who: Caller | None = None) -> MessageOut:
        said = BinReportIn(bin_id=self.id, state=state, client_id="c1")
        reports = self.street.container.get(BinReports)
        return await reports.report(who or self.street.asker, self.street.room, said, "ko")

    async def now(self) -> NearbyBin:
        return (await self.street.container.get(LocationsPublic).nearby(self.lat, self.lng, [KIND], 1))[0]


@pytest.fixture
async def bin_(street: Street) -> Bin:
    locations, lat, lng = street.container.get(LocationsService), -37.5, random.uniform(2, 12)
    await locations.import_bins([RowResult((NewBin(KIND, f"옷 수거함 {new_id()}", None, lat, lng, "test"),))])
    return Bin(street, (await locations.newest(KIND, 1))[0].id, lat, lng)


async def test_one_that_is_full_is_said_once_and_is_so_at_once(bin_: Bin) -> None:
    first, again = [await bin_.found(BinState.FULL) for _ in range(2)]
    assert first.id == again.id
    assert first.type == MessageType.BIN
    assert first.bin
    assert (first.bin.id, first.bin.state) == (bin_.id, BinState.FULL)
    assert first.content.endswith("가득 찼어요.")
    nearest = await bin_.now()
    assert (nearest.id, nearest.full) == (bin_.id, True)


async def test_who_agrees_that_it_is_gone_makes_it_doubtful_and_who_sees_it_does_not(bin_: Bin, street: Street) -> None:
    message = await bin_.found(BinState.MOVED)
    assert not (await bin_.now()).doubted
    for neighbour, choice, doubted in ((street.neighbours[0], 0, True), (street.neighbours[1], 1, False)):
        await street.vote(neighbour, message, choice)
        await street.work()
        assert (await bin_.now()).doubted == doubted


async def test_who_may_not_write_does_not_vote(bin_: Bin, new_caller: NewCaller) -> None:
    with pytest.raises(NotAMember):
        await bin_.found(BinState.FULL, await new_caller("남"))
    assert not (await bin_.now()).full
