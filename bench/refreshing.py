"""Sessions that are refreshed again and again, each with the token that the last answer gave it: a load generator in a
process of its own. With a ``period`` each session refreshes at fixed times, without one as soon as it was answered."""

import asyncio
import gc
import random
import time
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import uvloop

from bench import worker_processes
from bench.load import TIMEOUT_S, Connection, body_of, request, status_of
from bench.stats import ms

_WARMUP_SHARE: Final = 0.2
PATH: Final = "/api/v1/auth/refresh"


class _Sessions:
    def __init__(self, plan: worker_processes.Plan) -> None:
        address = urlsplit(plan["url"])
        self._address = address.hostname or "", address.port or 80
        self._tokens: list[str] = plan["tokens"]
        self._period: float | None = plan["period"]
        self._began = time.perf_counter() + 0.2
        self._counted_from = self._began + plan["seconds"] * _WARMUP_SHARE
        self._until = self._began + plan["seconds"]
        self._took: list[float] = []
        self._errors = 0

    async def run(self) -> dict[str, Any]:
        tokens = await asyncio.gather(*map(self._session, self._tokens))
        return {
            "per_second": len(self._took) / (self._until - self._counted_from),
            "p50": ms(self._took, 0.5),
            "p99": ms(self._took, 0.99),
            "errors": self._errors,
            "tokens": tokens,
        }

    async def _session(self, token: str) -> str:
        """Its newest token."""
        _, connection = await asyncio.get_running_loop().create_connection(Connection, *self._address)
        due = self._began + random.random() * (self._period or 0.05)
        while due < self._until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            body = orjson.dumps({"refresh_token": token})
            asked = request("POST", PATH, {"content-type": "application/json"}, body)
            answer = await asyncio.wait_for(connection.ask(asked), TIMEOUT_S)
            ended = time.perf_counter()
            if status_of(answer) != 200:
                self._errors += 1
                break  # without its token it cannot go on
            token = orjson.loads(body_of(answer))["refresh_token"]
            if self._counted_from <= due:
                self._took.append(ended - due)
            due = ended if self._period is None else due + self._period
        connection.close()
        return token


def _prepare(plan: worker_processes.Plan) -> Any:
    gc.disable()  # a pause here would be measured as one of the server; the run is short
    return lambda: uvloop.run(_Sessions(plan).run())


if __name__ == "__main__":
    worker_processes.serve(_prepare)
