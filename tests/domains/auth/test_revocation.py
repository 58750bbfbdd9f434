"""Sessions that end, known to every process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.domains.auth.people import SEED, SETTINGS, refresh_of
from tests.support.clockwork import Clockwork

from bunri.app.settings import Settings
from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.models import outbox
from bunri.domains.auth.public import SessionEnded, TokenExpired
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.merging import Merging
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.kit.ids import new_id
from bunri.kit.tasks import cancel_all
from bunri.platform.cache import Cache
from bunri.platform.db import Database

TTL = SETTINGS.access_ttl


@pytest.fixture
async def elsewhere(settings: Settings, clock: Clockwork) -> AsyncIterator[EndedSessions]:
    """Another process, which follows."""
    cache = Cache(settings.cache_address("sessions"))
    made = EndedSessions(cache, TTL, clock)
    following = asyncio.create_task(made.follow())
    await asyncio.sleep(0.1)
    yield made
    await cancel_all([following])
    await cache.close()


async def knows(ended: EndedSessions, session_id: UUID) -> None:
    async with asyncio.timeout(10):
        while not ended.contains(session_id):  # noqa: ASYNC110  # it learns in the background
            await asyncio.sleep(0.01)


async def test_another_process_learns_of_it_and_tells_its_listeners(
    ended: EndedSessions, elsewhere: EndedSessions
) -> None:
    told: list[UUID] = []
    elsewhere.on_ended(told.append)
    session_id = new_id()
    await ended.add(session_id)
    await ended.add(session_id)
    await knows(elsewhere, session_id)
    assert told == [session_id]


async def test_a_process_that_starts_later_reads_what_has_ended(
    ended: EndedSessions, settings: Settings, clock: Clockwork
) -> None:
    session_id = new_id()
    await ended.add(session_id)
    cache = Cache(settings.cache_address("sessions"))
    late = EndedSessions(cache, TTL, clock)
    assert not late.contains(session_id)
    await late.read()
    assert late.contains(session_id)
    await cache.close()


async def test_it_is_forgotten_when_no_token_of_it_can_be_good(ended: EndedSessions, clock: Clockwork) -> None:
    session_id = new_id()
    await ended.add(session_id)
    clock.now += TTL + timedelta(seconds=1)
    await ended.read()
    assert not ended.contains(session_id)


async def test_a_stolen_refresh_token_ends_the_access_tokens_everywhere(
    guests: Guests, sessions: Sessions, elsewhere: EndedSessions, clock: Clockwork
) -> None:
    tokens = await guests.sign_in("초록이")
    verifier = Verifier(SigningKeys(SEED), clock, elsewhere.contains)
    session_id = verifier.verify(tokens.access_token).session_id
    newest = await sessions.refresh(refresh_of(await sessions.refresh(refresh_of(tokens))))
    with pytest.raises(RefreshInvalid):
        await sessions.refresh(refresh_of(tokens))
    await knows(elsewhere, session_id)
    for token in (tokens.access_token, newest.access_token):
        with pytest.raises(TokenExpired):
            verifier.verify(token)


async def test_erasing_a_person_ends_their_sessions(
    guests: Guests, upkeep: Upkeep, ended: EndedSessions, clock: Clockwork
) -> None:
    tokens = await guests.sign_in("초록이")
    session_id = Verifier(SigningKeys(SEED), clock).verify(tokens.access_token).session_id
    assert (await upkeep.export(tokens.user.id))["name"] == "초록이"
    for _ in range(2):
        await upkeep.erase(tokens.user.id)
    assert ended.contains(session_id)
    assert await upkeep.export(tokens.user.id) == {}


async def test_with_valkey_away_it_holds_here_at_once_and_the_event_brings_it_to_the_others(
    database: Database, elsewhere: EndedSessions, ended: EndedSessions, clock: Clockwork
) -> None:
    away = EndedSessions(Cache("redis://127.0.0.1:9/0", timeout=0.2), TTL, clock)
    transaction = database.transactions("auth", AuthRepository)
    sessions = Sessions(transaction, SEED, away, SETTINGS, clock)
    guests, upkeep = (
        Guests(transaction, sessions, Merging(sessions), clock),
        Upkeep(transaction, sessions, SETTINGS, clock),
    )
    tokens = await guests.sign_in("초록이")
    session_id = Verifier(SigningKeys(SEED), clock).verify(tokens.access_token).session_id
    await upkeep.erase(tokens.user.id)
    assert away.contains(session_id)
    assert not elsewhere.contains(session_id)
    async with database.transaction("auth") as session:
        rows = (await session.execute(select(outbox.c.payload).where(outbox.c.topic == SessionEnded.topic))).scalars()
        events = [SessionEnded.model_validate(row) for row in rows]
    told = next(event for event in events if event.session_id == session_id)
    back = Sessions(transaction, SEED, ended, SETTINGS, clock)
    await back.spread_ended_session(told)
    await knows(elsewhere, session_id)
