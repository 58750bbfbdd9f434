"""Sockets that are connected and say nothing, and what each costs the process that holds them."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
import uvloop

from bench import worker_processes
from bench.listeners import Listener

_AT_ONCE: Final = 25
_SETTLE_S: Final = 3.0


async def _run(plan: worker_processes.Plan) -> dict[str, Any]:
    netloc = urlsplit(plan["url"]).netloc
    host, _, port = netloc.partition(":")
    loop, gate, server = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE), psutil.Process(plan["pid"])

    async def arrive(number: int) -> Listener:
        async with gate:
            _, listener = await loop.create_connection(Listener, host, int(port))
            await listener.connect(netloc, plan["tokens"][number % len(plan["tokens"])])
            return listener

    warm = await asyncio.gather(*(arrive(number) for number in range(plan["warm"])))
    await asyncio.sleep(_SETTLE_S)
    before = server.memory_full_info().uss
    listeners = await asyncio.gather(*(arrive(number) for number in range(plan["count"])))
    await asyncio.sleep(_SETTLE_S)
    after = server.memory_full_info().uss
    lost = sum(each.is_closed for each in (*warm, *listeners))
    return {"bytes_each": (after - before) / plan["count"], "lost": lost}


def _prepare(plan: worker_processes.Plan) -> Any:
    def work() -> Mapping[str, Any]:
        return uvloop.run(_run(plan))

    return work


if __name__ == "__main__":
    worker_processes.serve(_prepare)
