"""One pool of connections a process. Each transaction runs as the role of the domain that opened it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from bunri.kit.errors import Full, Unavailable
from bunri.platform.db.after_commit import run_after_commit
from bunri.platform.db.outbox import Relay, staged
from bunri.platform.db.role_connection import RoleConnection

R_co = TypeVar("R_co", covariant=True)
S = TypeVar("S")


class DatabaseUnavailable(Unavailable):
    """PostgreSQL cannot be reached, is starting, or went away in the middle."""

    code = "database_unavailable"


class DatabaseFull(Full):
    """PostgreSQL has no room left to write. What it has can still be read."""


class Transaction(Protocol[R_co]):
    """How a use case reaches its schema: ``async with self._transaction() as repository``. What was done is committed
    when the block ends and rolled back when it raises. Keep it short: none stays open while something else is waited
    for. Raises DatabaseUnavailable, DatabaseFull."""

    def __call__(self) -> AbstractAsyncContextManager[R_co]: ...


class Connections(NamedTuple):
    """How many connections the server has open, and how many ordinary roles may have."""

    open: int
    most: int


IDLE_S: Final = 2.0
"""A connection that was idle for longer may have died meanwhile; its first statement may be tried on another."""


class Database:
    """The process's way into PostgreSQL. ``url`` names the login role, which may do nothing but become a domain's
    role; ``relays`` send what a schema's transactions left in its outbox."""

    def __init__(
        self, url: URL, *, pool_size: int = 4, statement_timeout_ms: int = 30_000, pool_timeout: float = 10
    ) -> None:
        self.relays: dict[str, Relay] = {}
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=pool_timeout,
            hide_parameters=True,  # an error's text goes to the log; where somebody stands must not
            connect_args={
                "connection_class": RoleConnection,
                "timeout": 5,
                "server_settings": {"application_name": url.username or "bunri", "jit": "off"},
                "command_timeout": statement_timeout_ms / 1000,
            },
        )

    def transactions(self, schema: str, repository: Callable[[AsyncSession], S]) -> Transaction[S]:
        """Transactions of the domain that owns ``schema``, with its repository in hand."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[S]:
            async with self.transaction(schema) as session:
                yield repository(session)

        return opened

    @asynccontextmanager
    async def transaction(self, schema: str | None = None) -> AsyncIterator[AsyncSession]:
        """A session as the role of ``schema`` (None: as the login role itself), committed when the block ends and
        rolled back when it raises.

        After the commit come the callbacks of ``after_commit`` and the events of the outbox; what cannot be sent stays
        for the relay. Raises DatabaseUnavailable when the server is away.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            try:
                await _connect(session, schema)
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
        await run_after_commit(session)
        relay = self.relays.get(schema or "")
        if events and relay:
            await relay.send_now(events)

    async def check(self, schema: str | None = None) -> None:
        """Really asks the server something, as the role of ``schema``."""
        async with self.transaction(schema) as session:
            await session.execute(text("select 1"))

    async def connections(self) -> Connections:
        """How near the server is to its limit of connections."""
        async with self.transaction() as session:
            row = (await session.execute(_CONNECTIONS)).one()
        return Connections(row.open, row.most)

    async def dispose(self) -> None:
        await self._engine.dispose()


# pg_stat_activity tells a role without rights what kind its own connections are, but nobody else's.
_CONNECTIONS: Final = text(
    """
    select (select sum(numbackends)::integer from pg_stat_database) as open,
        current_setting('max_connections')::integer
            - current_setting('superuser_reserved_connections')::integer
            - current_setting('reserved_connections')::integer as most
    """
)
_AWAY = frozenset({"57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"})
"""SQLSTATEs of a server that is shutting down, starting up, full, or gone (PostgreSQL manual, appendix A)."""


async def _connect(session: AsyncSession, schema: str | None) -> None:
    """Takes a connection that works; its transaction begins, as the role of ``schema``, with the first statement. One
    that lay idle is tried first: a restarted server costs a round trip instead of a failed request."""
    connection = await _take(session, schema)
    used = connection.info.get("used", 0.0)
    connection.info["used"] = time.monotonic()
    if 0.0 < used < time.monotonic() - IDLE_S:
        try:
            await connection.execute(text("select 1"))
        except DBAPIError:
            await session.invalidate()
            await _take(session, schema)


async def _take(session: AsyncSession, schema: str | None) -> AsyncConnection:
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    cast("RoleConnection", driver).schema = schema
    return connection


_NO_ROOM: Final = "53100"
"""The SQLSTATE of a full disk."""


def _translated(error: DBAPIError) -> Exception:
    state: Any = getattr(error.orig, "sqlstate", None)
    if state == _NO_ROOM:
        return DatabaseFull()
    lost = error.connection_invalidated and state is None  # with a state the server has said what is wrong
    away = lost or state in _AWAY or isinstance(error, InterfaceError)
    return DatabaseUnavailable() if away else error
