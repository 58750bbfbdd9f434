"""The statements of a refresh alone: the limit of how many sessions can be refreshed. In a process of its own."""

import asyncio
import secrets
import time
from typing import Any, Final

import asyncpg
import uvloop

from bench import worker_processes

_LOCK: Final = """
select s.*, p.* from auth.sessions s join auth.people p on p.id = s.person_id where s.id = $1 for update of s
"""
_ROTATE: Final = """
update auth.sessions
set previous_hash = refresh_hash, refresh_hash = $2, rotated_at = now(), expires_at = now() + '1 day' where id = $1
"""
_SEEN: Final = "update auth.people set seen_at = now() where id = (select person_id from auth.sessions where id = $1)"


async def _run(plan: worker_processes.Plan) -> dict[str, Any]:
    """Each of ``connections`` refreshes a session of its own for ``seconds``."""
    connections = [await asyncpg.connect(plan["database"]) for _ in range(plan["connections"])]
    sessions = await connections[0].fetch("select id from auth.sessions limit $1", len(connections))
    began = time.perf_counter()
    until = began + plan["seconds"]
    pairs = zip(connections, sessions, strict=True)
    done = await asyncio.gather(*(_refresh(each, session["id"], until) for each, session in pairs))
    took = time.perf_counter() - began
    for each in connections:
        await each.close()
    return {"per_second": sum(done) / took}


async def _refresh(connection: asyncpg.Connection, session: object, until: float) -> int:
    done = 0
    while time.perf_counter() < until:
        async with connection.transaction():
            await connection.fetchrow(_LOCK, session)
            await connection.execute(_ROTATE, session, secrets.token_bytes(32))
            await connection.execute(_SEEN, session)
        done += 1
    return done


def _prepare(plan: worker_processes.Plan) -> Any:
    return lambda: uvloop.run(_run(plan))


if __name__ == "__main__":
    worker_processes.serve(_prepare)
