"""An installation as an operator has it: signs of life without the processes, and rows without the people."""

import asyncio

from sqlalchemy import text

from bunri.app import heartbeats
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.kit.tasks import cancel_all
from bunri.platform.cache import Cache
from bunri.platform.db import Database
from bunri.platform.db.address import login_address


async def leave_heartbeats(settings: Settings, *, but: str = "") -> None:
    cache = Cache(settings.cache_address("common"))
    for queue in REGISTRY.queues:
        await cache.delete(f"heartbeat:{queue}")
        if queue != but:
            await heartbeats.beat(cache, queue, None)
    serving = asyncio.ensure_future(heartbeats.beat_target(cache, "waste"))
    try:
        async with asyncio.timeout(10):
            while not await heartbeats.targets_heard(cache, ["waste"]):  # noqa: ASYNC110  # Valkey tells nobody
                await asyncio.sleep(0.01)
    finally:
        await cancel_all([serving])
        await cache.close()


async def execute(settings: Settings, schema: str | None, statement: str) -> None:
    database = Database(login_address(str(settings.database_url), settings.key("database roles")))
    async with database.transaction(schema) as session:
        await session.execute(text(statement))
    await database.dispose()
