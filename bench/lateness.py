"""How late answers come: requests one after the other on one kept connection, from a process of its own."""

import asyncio
import gc
import time
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench import worker_processes
from bench.load import TIMEOUT_S, Connection, status_of


async def _run(plan: worker_processes.Plan) -> dict[str, Any]:
    """``statuses`` and ``seconds`` of the answers, in the order of the plan's ``requests``."""
    address = urlsplit(plan["url"])
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, address.hostname or "", address.port or 80
    )
    statuses, seconds = [], []
    for request in plan["requests"]:
        asked = time.perf_counter()
        answer = await asyncio.wait_for(connection.ask(request.encode()), TIMEOUT_S)
        seconds.append(time.perf_counter() - asked)
        statuses.append(status_of(answer))
    connection.close()
    return {"statuses": statuses, "seconds": seconds}


def _prepare(plan: worker_processes.Plan) -> Any:
    gc.disable()  # a pause here would be measured as one of the server; the run is short
    return lambda: uvloop.run(_run(plan))


if __name__ == "__main__":
    worker_processes.serve(_prepare)
