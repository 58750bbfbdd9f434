"""The transactional outbox: an event is a row of the transaction that caused it, and leaves after the commit.

A crash between commit and send leaves the row, and the relay of any worker sends it: at least once, so receivers are
idempotent (Kleppmann, *Designing Data-Intensive Applications*, ch. 11; Richardson, *Transactional outbox*).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import structlog
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from bunri.kit.errors import Unavailable
from bunri.kit.events import Event
from bunri.kit.ids import new_id
from bunri.platform.telemetry.traces import TRACEPARENT, carried, span, valid

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=2)
"""How long the sender that committed has, before the relay takes the row for lost."""


class Publisher(Protocol):
    """Hands an event to the queue of each subscriber. Raises Unavailable when the broker is away."""

    async def publish(self, topic: str, payload: dict[str, Any]) -> None: ...


Staged = tuple[UUID, str, dict[str, Any]]
_KEY = "bunri.outbox"


def outbox_table(metadata: MetaData) -> Table:
    """The ``outbox`` table of a schema."""
    return Table(
        "outbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("payload", JSONB, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
    )


class Outbox:
    """Puts events into the transaction at hand."""

    def __init__(self, session: AsyncSession, table: Table) -> None:
        self._session = session
        self._table = table

    async def add(self, event: Event) -> None:
        row: Staged = (new_id(), event.topic, event.model_dump(mode="json"))
        kept = {**row[2], **carried()}  # with its trace, in case that another process has to send it
        values = {"id": row[0], "topic": row[1], "payload": kept, "created_at": func.now()}
        await self._session.execute(insert(self._table).values(values))
        self._session.info.setdefault(_KEY, []).append(row)


class OutboxState(NamedTuple):
    """What lies in an outbox."""

    waiting: int
    oldest_s: float | None
    """How long the oldest event has waited, by the database's clock; None where none does."""


async def outbox_state(session: AsyncSession, table: Table) -> OutboxState:
    """Events that are committed and not sent yet: none, or young ones, while a broker and a worker are there."""
    oldest = func.extract("epoch", func.now() - func.min(table.c.created_at))
    row = (await session.execute(select(func.count(), oldest).select_from(table))).one()
    return OutboxState(row[0], None if row[1] is None else max(0.0, float(row[1])))


def staged(session: AsyncSession) -> list[Staged]:
    """The events that the transaction of ``session`` left in the outbox."""
    return list(session.info.get(_KEY, ()))


class Relay:
    """Sends one schema's outbox: at once after a commit, and from time to time what was left behind."""

    def __init__(self, open_session: Callable[[], Any], table: Table, publisher: Publisher) -> None:
        self._open = open_session
        self._table = table
        self._publisher = publisher

    async def send_now(self, events: Sequence[Staged]) -> None:
        """Sends events of a transaction that has just been committed. Never raises: the rows are still there."""
        try:
            for _, topic, payload in events:
                await self._publisher.publish(topic, payload)
            async with self._open() as session:
                await session.execute(delete(self._table).where(self._table.c.id.in_([row[0] for row in events])))
        except Unavailable as error:
            log.warning("outbox.kept", events=len(events), reason=str(error))

    async def send_left(self, *, grace: timedelta = GRACE, limit: int = 100) -> int:
        """Sends rows older than ``grace`` by the database's clock and returns how many. Rows that another relay holds
        are skipped."""
        table, created_at = self._table, self._table.c.created_at
        # A row of the future is from before the clock was set back.
        old = or_(created_at < func.now() - grace, created_at > func.now() + grace)
        async with self._open() as session:
            left = select(table).where(old).order_by(table.c.id).limit(limit)
            rows = (await session.execute(left.with_for_update(skip_locked=True))).all()
            for row in rows:
                payload = dict(row.payload)
                with span("outbox", parent=valid(payload.pop(TRACEPARENT, None))):
                    await self._publisher.publish(row.topic, payload)
            if rows:
                await session.execute(delete(table).where(table.c.id.in_([row.id for row in rows])))
        return len(rows)

    async def run(self, every: float = 1.0) -> None:
        """Sends what is left, for ever. Cancelling it is the way to end it. Raises MemoryError: nothing more will work
        in this process then."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.send_left()
            except Unavailable as error:
                log.warning("relay.waits", reason=str(error))
            except MemoryError:
                raise
            except Exception:  # whatever it was, the next round may do better; without a relay events would stay
                log.exception("relay.failed")
