"""What the server says of a prepared statement's time is less than what is seen from outside, and of that one alone."""

import time
from pathlib import Path

import asyncpg
from bench.server_log import LOGGED, ServerLog

from bunri.platform.embedded import EmbeddedServers


async def test_the_time_of_a_statement_in_the_server(tmp_path: Path) -> None:
    servers = EmbeddedServers(tmp_path / "data", valkey=False, what="pytest")
    owner = await asyncpg.connect(servers.start().database_url)
    try:
        slow, quick = await owner.prepare("select pg_sleep($1::float8)"), await owner.prepare("select $1::int")
        await slow.fetch(0.001)  # before anybody reads the log
        log = ServerLog(tmp_path / "data")
        await owner.execute(LOGGED)
        await quick.fetch(1)
        began = time.perf_counter()
        for _ in range(3):
            await slow.fetch(0.02)
        seen = time.perf_counter() - began
        took = log.seconds()
    finally:
        await owner.close()
        servers.stop()
    assert len(took) == 3
    assert 0.06 <= sum(took) <= seen
