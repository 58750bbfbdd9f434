"""Events leave after the commit, and survive whatever happens in between."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from tests.support.collector import Collector

from bunri.domains.waste.models import outbox
from bunri.domains.waste.public import Uploaded
from bunri.kit.errors import Unavailable
from bunri.kit.ids import new_id
from bunri.platform.db import Database, Outbox, Relay, Repository
from bunri.platform.telemetry.traces import span, trace_ids

NONE: Final = timedelta()


class Recorder:
    """A publisher that can be down."""

    def __init__(self) -> None:
        self.down = False
        self.sent: list[UUID] = []
        self.payload: dict[str, Any] = {}
        self.trace: dict[str, str] = {}

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        if self.down:
            raise Unavailable
        assert topic == Uploaded.topic
        self.sent.append(UUID(payload["job_id"]))
        self.payload, self.trace = payload, trace_ids()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def relay(database: Database, recorder: Recorder) -> Relay:
    """Of the schema ``waste``; the database sends by it right after each commit."""
    async with database.transaction("waste") as session:
        await session.execute(delete(outbox))
    database.relays["waste"] = Relay(database.transactions("waste", lambda session: session), outbox, recorder)
    return database.relays["waste"]


async def _tell(database: Database) -> UUID:
    event = Uploaded(job_id=new_id())
    async with database.transaction("waste") as session:
        await Outbox(session, outbox).add(event)
    return event.job_id


async def _left(database: Database) -> int:
    async with database.transaction("waste") as session:
        return (await session.execute(select(func.count()).select_from(outbox))).scalar_one()


async def test_an_event_leaves_after_the_commit(database: Database, relay: Relay, recorder: Recorder) -> None:
    event = Uploaded(job_id=new_id())
    async with database.transaction("waste") as session:
        await Outbox(session, outbox).add(event)
        assert recorder.sent == []
    assert recorder.sent == [event.job_id]
    assert await _left(database) == 0


async def test_what_is_rolled_back_never_leaves(database: Database, relay: Relay, recorder: Recorder) -> None:
    async def fails() -> None:
        async with database.transaction("waste") as session:
            await Outbox(session, outbox).add(Uploaded(job_id=new_id()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert (recorder.sent, await _left(database)) == ([], 0)


async def test_a_dead_broker_keeps_the_event_for_the_relay(
    database: Database, relay: Relay, recorder: Recorder
) -> None:
    recorder.down = True
    told = await _tell(database)
    assert await _left(database) == 1
    recorder.down = False
    assert await relay.send_left(grace=NONE) == 1
    assert (recorder.sent, await _left(database)) == ([told], 0)


async def test_a_crash_between_commit_and_send_loses_nothing(
    database: Database, relay: Relay, recorder: Recorder
) -> None:
    del database.relays["waste"]  # the process dies before it sends
    told = await _tell(database)
    assert await relay.send_left(grace=NONE) == 1
    assert recorder.sent == [told]


async def test_an_event_that_another_process_sends_stays_in_its_trace(
    database: Database, relay: Relay, recorder: Recorder, traced: Collector
) -> None:
    recorder.down = True
    with span("POST /photos", "server") as request:
        told = await _tell(database)
    recorder.down = False
    assert await relay.send_left(grace=NONE) == 1
    assert recorder.payload == {"job_id": str(told)}
    assert recorder.trace["trace_id"] == request.trace_id.hex()
    assert trace_ids() == {}


async def test_the_relay_leaves_fresh_events_to_their_sender(
    database: Database, relay: Relay, recorder: Recorder
) -> None:
    del database.relays["waste"]
    await _tell(database)
    assert await relay.send_left() == 0
    assert recorder.sent == []


async def test_a_clock_that_is_set_back_keeps_no_event(database: Database, relay: Relay, recorder: Recorder) -> None:
    del database.relays["waste"]
    told = await _tell(database)
    async with database.transaction("waste") as session:
        await session.execute(update(outbox).values(created_at=func.now() + timedelta(hours=1)))
    assert await relay.send_left() == 1
    assert recorder.sent == [told]


async def test_a_broker_that_dies_in_the_middle_keeps_the_rest(
    database: Database, relay: Relay, recorder: Recorder
) -> None:
    del database.relays["waste"]
    for _ in range(3):
        await _tell(database)
    recorder.down = True
    with pytest.raises(Unavailable):
        await relay.send_left(grace=NONE)
    assert await _left(database) == 3


class TestAfterCommit:
    async def test_callbacks_run_once_the_work_is_committed(self, database: Database) -> None:
        seen: list[str] = []

        async def tell() -> None:
            seen.append("told")

        async with database.transaction("waste") as session:
            Repository(session).after_commit(tell)
            assert seen == []
        assert seen == ["told"]

    async def test_of_what_is_rolled_back_they_never_run(self, database: Database) -> None:
        seen: list[str] = []

        async def tell() -> None:
            seen.append("told")

        async def fails() -> None:
            async with database.transaction("waste") as session:
                Repository(session).after_commit(tell)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fails()
        assert seen == []

    async def test_one_that_fails_undoes_nothing_and_stops_no_other(self, database: Database) -> None:
        seen: list[str] = []

        async def fail() -> None:
            raise ZeroDivisionError

        async def tell() -> None:
            seen.append("told")

        async with database.transaction("waste") as session:
            Repository(session).after_commit(fail)
            Repository(session).after_commit(tell)
        assert seen == ["told"]
