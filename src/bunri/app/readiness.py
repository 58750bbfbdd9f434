"""What ``/ready`` tries: each part that a target needs, for real."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bunri.app import heartbeats
from bunri.app.container import Container
from bunri.app.module import Check, Module
from bunri.app.registry import Registry, Target
from bunri.app.rpc.client import ping

NEARLY_FULL: Final = 0.85
"""Share of the server's connections from which readiness says so."""


def checks_of(container: Container, registry: Registry, target: Target) -> dict[str, Check]:
    """A check for each database role, cache, store, sibling and queue that ``target`` needs."""
    found: dict[str, Check] = {}
    for module in target.modules:
        found |= _schema(container, module)
    if target.schemas:
        found["database:connections"] = _connections(container)
    for concern in target.caches:
        found[f"valkey:{concern}"] = _plain(container.cache(concern).check)
    for name in target.siblings:
        if name in container.settings.remote_targets:
            found[name] = _elsewhere(container, registry.public[name])
        else:
            found |= _schema(container, next(each for each in registry.modules if each.name == name))
    if target.stores_objects:
        found["storage"] = _plain(container.storage.check)
    for module in target.modules:
        found |= module.readiness(container, target.stands_alone)
    for queue in target.queues:
        found[f"queue:{queue}"] = _queue(container, queue)
    return found


def of_module(container: Container, module: Module) -> Mapping[str, Check]:
    """What one domain needs to answer other targets."""
    return {**_schema(container, module), **module.readiness(container, False)}


def _schema(container: Container, module: Module) -> dict[str, Check]:
    schema = module.schema
    if schema is None:
        return {}

    async def ask() -> None:
        await container.database.check(schema)

    return {f"database:{schema}": ask}


def _connections(container: Container) -> Check:
    async def count() -> str | None:
        """A full server refuses whoever comes next, so an operator is told before it is."""
        open_, most = await container.database.connections()
        return f"{open_} of {most} connections are taken" if open_ > NEARLY_FULL * most else None

    return count


def _elsewhere(container: Container, protocol: type) -> Check:
    async def ask() -> None:
        await ping(container.get(protocol))

    return ask


def _queue(container: Container, queue: str) -> Check:
    async def look() -> str | None:
        return await heartbeats.last_beat(container.cache("common"), queue)

    return look


def _plain(check: Callable[[], Awaitable[None]]) -> Check:
    async def run() -> str | None:
        await check()
        return None

    return run
