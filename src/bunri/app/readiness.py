"""What ``/ready`` tries: each part that a target needs, for real."""

from collections.abc import Awaitable, Callable
from typing import Final

from bunri.app import heartbeats
from bunri.app.container import Container
from bunri.app.module import Module
from bunri.app.registry import Registry, Target
from bunri.edge.http.health import Check

NEARLY_FULL: Final = 0.85
"""Share of the server's connections from which readiness says so."""


def checks_of(container: Container, registry: Registry, target: Target) -> dict[str, Check]:
    """A check for each database role, cache, store, domain that is called, and queue that ``target`` needs."""
    found: dict[str, Check] = {}
    for module in registry.modules:
        if module in target.modules:
            found |= of_module(container, module, alone=target.stands_alone)
        elif module.name in target.siblings:
            found |= _called(container, module)
    if target.schemas:
        found["database:connections"] = _connections(container)
    for concern in target.caches:
        found[f"valkey:{concern}"] = _plain(container.cache(concern).check)
    if target.stores_objects:
        found["storage"] = _plain(container.storage.check)
    for queue in target.queues:
        found[f"queue:{queue}"] = _queue(container, queue)
    return found


def of_module(container: Container, module: Module, *, alone: bool = False) -> dict[str, Check]:
    """What one domain needs to answer, wherever it is asked; ``alone``: nothing else runs in this process."""
    found: dict[str, Check] = {}
    if module.schema:
        found[f"database:{module.schema}"] = _schema(container, module.schema)
    for concern in module.caches:
        found[f"valkey:{concern}"] = _plain(container.cache(concern).check)
    return {**found, **module.readiness(container, alone)}


def _called(container: Container, module: Module) -> dict[str, Check]:
    """A domain that is called from here: in this process, or elsewhere, where its target says whether it works."""
    if module.public is None or module.name not in container.settings.remote_targets:
        return of_module(container, module)
    protocol = module.public

    async def ask() -> None:
        from bunri.app.rpc.client import ping

        await ping(container.get(protocol))

    return {module.name: ask}


def _schema(container: Container, schema: str) -> Check:
    async def ask() -> None:
        await container.database.check(schema)

    return ask


def _connections(container: Container) -> Check:
    async def count() -> str | None:
        """A full server refuses whoever comes next, so an operator is told before it is."""
        open_, most = await container.database.connections()
        return f"{open_} of {most} connections are taken" if open_ > NEARLY_FULL * most else None

    return count


def _queue(container: Container, queue: str) -> Check:
    async def look() -> str | None:
        return await heartbeats.last_beat(container.cache("common"), queue)

    return look


def _plain(check: Callable[[], Awaitable[None]]) -> Check:
    async def run() -> str | None:
        await check()
        return None

    return run
