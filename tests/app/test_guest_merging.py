"""What a guest has becomes somebody else's, across the domains, though the way there is broken off: row 15 of the list
of real faults."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from bunri.app.inline import InlineContainer
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.app.worker import handlers_of
from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.public import AccessVerifier, GuestMerged, TokenExpired
from bunri.domains.auth.records import Device
from bunri.domains.auth.schemas import Tokens
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind, Vote
from bunri.domains.locations.service import LocationsService
from bunri.domains.locations.user_data import LocationsUserData
from bunri.domains.waste.schemas import AnalyzeIn
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.user_data import WasteUserData
from bunri.kit.clock import now
from bunri.kit.ids import new_id


@dataclass
class World:
    """All domains in one process, whose messages are delivered by hand."""

    container: InlineContainer

    def __post_init__(self) -> None:
        self._handlers = {each.name: each for each in handlers_of(self.container, REGISTRY, ["default"])}

    async def deliver(self, merged: GuestMerged, *domains: str) -> None:
        for domain in domains:
            await self._handlers[f"{domain}.upgrade"].run(self.container, merged.model_dump())

    @property
    def merged(self) -> GuestMerged:
        """What was told to the domains when the guest went over."""
        [payload] = {
            tuple(payload.items()) for task, payload in self.container.inline.messages if task == "waste.upgrade"
        }
        return GuestMerged.model_validate(dict(payload))

    async def guest(self, name: str) -> Tokens:
        return await self.container.get(Guests).sign_in(name)

    async def bin(self) -> UUID:
        made = BinRow(
            id=new_id(), kind=BinKind.PET, name="수거함", lat=37.5, lng=127.0, source="test", created_at=now()
        )
        async with self.container.database.transaction("locations") as session:
            session.add(made)
        return made.id

    async def votes(self, owner: str) -> dict[str, str]:
        told = await self.container.get(LocationsUserData).export(owner)
        return {each["bin_id"]: each["vote"] for each in told.document["votes"]}

    async def photos(self, owner: str) -> list[str]:
        told = await self.container.get(WasteUserData).export(owner)
        return [each["job_id"] for each in told.document["analyses"]]


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    made = World(InlineContainer(settings))
    yield made
    await made.container.close()


@dataclass
class Things:
    """A guest who has announced two photos and voted on two bins, one of them as the person did, too."""

    guest: Tokens
    person: Tokens
    photos: list[str]
    alone: str
    shared: str


@pytest.fixture
async def things(world: World) -> Things:
    guest, person = await world.guest("파랑이"), await world.guest("초록이")
    jobs, locations = world.container.get(Jobs), world.container.get(LocationsService)
    photo = AnalyzeIn(content_type="image/jpeg", size=1000)
    photos = [(await jobs.analyze(guest.user.id, photo, "ko", "http://here"))[0].id for _ in range(2)]
    alone, shared = await world.bin(), await world.bin()
    await locations.vote(alone, guest.user.id, Vote.OK)
    await locations.vote(shared, person.user.id, Vote.OK)
    await locations.vote(shared, guest.user.id, Vote.FULL)
    return Things(guest, person, [str(each) for each in photos], str(alone), str(shared))


async def go_over(world: World, things: Things) -> GuestMerged:
    """The guest's browser signs in as the person."""
    guests, verifier = world.container.get(Guests), world.container.get(AccessVerifier)
    code = await guests.new_recovery_code(verifier.verify(things.person.access_token), "ko")
    await guests.recover(code.words, Device(), verifier.verify(things.guest.access_token))
    return world.merged


async def test_broken_off_and_repeated_each_thing_is_moved_once(world: World, things: Things) -> None:
    merged = await go_over(world, things)
    assert (merged.old, merged.new) == (things.guest.user.id, things.person.user.id)
    await world.deliver(merged, "waste")  # and here the worker dies
    assert await world.votes(merged.old) != {}
    await world.deliver(merged, "auth", "waste", "locations")  # the message comes again
    await world.deliver(merged, "locations", "waste", "auth")  # and once more, in another order
    assert sorted(await world.photos(merged.new)) == sorted(things.photos)
    assert await world.photos(merged.old) == []
    assert await world.votes(merged.new) == {things.alone: "ok", things.shared: "full"}  # of two words the later counts
    assert await world.votes(merged.old) == {}
    tally = (await world.container.get(LocationsService).get(UUID(things.shared))).votes
    assert (tally.ok, tally.full) == (0, 1)


async def test_the_guests_tokens_are_dead_at_once(world: World, things: Things) -> None:
    """Before any domain has heard of it."""
    await go_over(world, things)
    with pytest.raises(TokenExpired):
        world.container.get(AccessVerifier).verify(things.guest.access_token)
    with pytest.raises(RefreshInvalid):
        await world.container.get(Sessions).refresh(things.guest.refresh_token or "")


async def test_what_came_before_the_message_does_not_come_back(world: World, things: Things) -> None:
    """The person votes anew meanwhile: that word is the later one, and stays when the message comes at last."""
    merged = await go_over(world, things)
    await world.container.get(LocationsService).vote(UUID(things.shared), merged.new, Vote.OK)
    await world.deliver(merged, "waste", "locations")
    await world.deliver(merged, "waste", "locations")
    assert (await world.votes(merged.new))[things.shared] == "ok"
