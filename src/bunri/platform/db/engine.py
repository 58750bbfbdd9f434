"""Engine, session and transaction of one domain."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bunri.kit.errors import Unavailable
from bunri.platform.db.outbox import Relay, staged


class DatabaseUnavailable(Unavailable):
    """PostgreSQL cannot be reached, is starting, or went away in the middle."""

    code = "database_unavailable"


IDLE_S: Final = 2.0


class Database:
    """One domain's way into PostgreSQL. ``transaction()`` is the only way to a session."""

    def __init__(
        self, url: URL, *, pool_size: int = 4, statement_timeout_ms: int = 30_000, pool_timeout: float = 10
    ) -> None:
        self.relay: Relay | None = None
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=pool_timeout,
            hide_parameters=True,  # an error's text goes to the log; where somebody stands must not
            connect_args={
                "timeout": 5,
                "server_settings": {"application_name": url.username or "bunri", "jit": "off"},
                "command_timeout": statement_timeout_ms / 1000,
            },
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed when the block ends and rolled back when it raises.

        What was put into the outbox is sent right after the commit; what cannot be sent stays for the relay.
        Raises DatabaseUnavailable when the server is away.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            try:
                await _connect(session)
            except (OSError, PoolExhausted) as error:  # asyncpg's own: refused, no such socket, timed out
                raise DatabaseUnavailable from error
            except DBAPIError as error:
                raise _translated(error) from error
            try:
                yield session
                await session.commit()
            except DBAPIError as error:
                raise _translated(error) from error
            except TimeoutError as error:  # a statement that took longer than command_timeout
                raise DatabaseUnavailable from error
            events = staged(session)
        if events and self.relay:
            await self.relay.send_now(events)

    async def check(self) -> None:
        """Really asks the server something."""
        async with self.transaction() as session:
            await session.execute(text("select 1"))

    async def dispose(self) -> None:
        await self._engine.dispose()


_AWAY = frozenset({"57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"})
"""SQLSTATEs of a server that is shutting down, starting up, full, or gone (PostgreSQL manual, appendix A)."""


async def _connect(session: AsyncSession) -> None:
    """Takes a connection that works. One that lay idle is tried first: a restarted server costs a round trip instead of
    a failed request, and a busy pool pays nothing."""
    connection = await session.connection()
    used = connection.info.get("used", 0.0)
    connection.info["used"] = time.monotonic()
    if 0.0 < used < time.monotonic() - IDLE_S:
        try:
            await connection.execute(text("select 1"))
        except DBAPIError:
            await session.invalidate()
            await session.connection()


def _translated(error: DBAPIError) -> Exception:
    state: Any = getattr(error.orig, "sqlstate", None)
    away = error.connection_invalidated or state in _AWAY or isinstance(error, InterfaceError)
    return DatabaseUnavailable() if away else error
