"""Events leave after the commit, and survive whatever happens in between."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from bunri.app.settings import Settings
from bunri.domains.waste.models import outbox
from bunri.domains.waste.public import Uploaded
from bunri.kit.errors import Unavailable
from bunri.kit.ids import new_id
from bunri.platform.db import Database, Outbox, Relay
from bunri.platform.db.address import role_address


class Recorder:
    """A publisher that can be down."""

    def __init__(self) -> None:
        self.down = False
        self.sent: list[UUID] = []

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        if self.down:
            raise Unavailable
        assert topic == Uploaded.topic
        self.sent.append(UUID(payload["job_id"]))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def database(settings: Settings, recorder: Recorder) -> AsyncIterator[Database]:
    made = Database(role_address(str(settings.database_url), "waste", settings.key("database roles")))
    async with made.transaction() as session:
        await session.execute(delete(outbox))
    made.relay = Relay(made.transaction, outbox, recorder)
    yield made
    await made.dispose()


async def _tell(database: Database) -> UUID:
    event = Uploaded(job_id=new_id())
    async with database.transaction() as session:
        await Outbox(session, outbox).add(event)
    return event.job_id


async def _left(database: Database) -> int:
    async with database.transaction() as session:
        return (await session.execute(select(func.count()).select_from(outbox))).scalar_one()


def _later() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=10)


async def test_an_event_leaves_after_the_commit(database: Database, recorder: Recorder) -> None:
    event = Uploaded(job_id=new_id())
    async with database.transaction() as session:
        await Outbox(session, outbox).add(event)
        assert recorder.sent == []
    assert recorder.sent == [event.job_id]
    assert await _left(database) == 0


async def test_what_is_rolled_back_never_leaves(database: Database, recorder: Recorder) -> None:
    async def fails() -> None:
        async with database.transaction() as session:
            await Outbox(session, outbox).add(Uploaded(job_id=new_id()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert (recorder.sent, await _left(database)) == ([], 0)


async def test_a_dead_broker_keeps_the_event_for_the_relay(database: Database, recorder: Recorder) -> None:
    recorder.down = True
    told = await _tell(database)
    assert await _left(database) == 1
    recorder.down = False
    assert database.relay is not None
    assert await database.relay.send_left(_later()) == 1
    assert (recorder.sent, await _left(database)) == ([told], 0)


async def test_a_crash_between_commit_and_send_loses_nothing(database: Database, recorder: Recorder) -> None:
    relay, database.relay = database.relay, None  # the process dies before it sends
    told = await _tell(database)
    assert relay is not None
    assert await relay.send_left(_later()) == 1
    assert recorder.sent == [told]


async def test_the_relay_leaves_fresh_events_to_their_sender(database: Database, recorder: Recorder) -> None:
    relay, database.relay = database.relay, None
    await _tell(database)
    assert relay is not None
    assert await relay.send_left(datetime.now(UTC)) == 0
    assert recorder.sent == []


async def test_a_broker_that_dies_in_the_middle_keeps_the_rest(database: Database, recorder: Recorder) -> None:
    relay, database.relay = database.relay, None
    for _ in range(3):
        await _tell(database)
    assert relay is not None
    recorder.down = True
    with pytest.raises(Unavailable):
        await relay.send_left(_later())
    assert await _left(database) == 3
