"""What kind of server a database lives on."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bunri.kit.clock import Clock, now
from bunri.platform.db.engine import DatabaseUnavailable


class ServerFacts(NamedTuple):
    version: int
    """``180004`` is 18.4."""
    ahead_s: float
    """How far its clock is ahead of ours, below zero where it is behind; right to half of the way there and back."""
    survives_crashes: bool
    """It waits until the disk has what it was given (``fsync``, ``full_page_writes``)."""


async def server_facts(owner: URL, clock: Clock = now, *, within_s: float = 5) -> ServerFacts:
    """Raises DatabaseUnavailable with the server's or the system's ``reason``."""
    engine = create_async_engine(owner, hide_parameters=True, connect_args={"timeout": within_s})
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))  # so that the next question takes one way there and back
            before = clock()
            row = (await connection.execute(_FACTS)).one()
            after = clock()
        return ServerFacts(row.version, (row.now - before - (after - before) / 2).total_seconds(), row.safe)
    except (OSError, TimeoutError, DBAPIError) as error:
        told = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        raise DatabaseUnavailable(reason=told.splitlines()[0].partition(">: ")[2] or told.splitlines()[0]) from error
    finally:
        await engine.dispose()


_FACTS = text(
    """
    select current_setting('server_version_num')::integer as version, clock_timestamp() as now,
        current_setting('fsync')::boolean and current_setting('full_page_writes')::boolean as safe
    """
)
