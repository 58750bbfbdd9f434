"""What ``/metrics`` says beside what processes count: queues, connections, room on the disk, as they are now."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import closing
from typing import Final

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from bunri.app import heartbeats
from bunri.app.container import Container
from bunri.app.registry import Registry, Target
from bunri.platform.queue.state import QueueReader

log = structlog.get_logger(__name__)

WITHIN_S: Final = 3.0
Part = Callable[[], AsyncIterator[Metric]]


def measures_of(
    container: Container, registry: Registry, target: Target, within_s: float = WITHIN_S
) -> Callable[[], Awaitable[Sequence[Metric]]]:
    """Whatever a target with a broker and a database can see. A part that cannot be read within ``within_s`` is left
    out, and ``bunri_measure_read`` says so."""
    parts: dict[str, Part] = {}
    if not target.stands_alone:
        parts["queues"] = _queues(container, list(registry.queues))
        parts["heartbeats"] = _heartbeats(container, list(registry.queues))
    if target.schemas:
        parts["connections"] = _connections(container)
    if container.settings.backup.target and not target.stands_alone:
        parts["backups"] = _backups(container)
    if container.settings.storage_url is None and target.stores_objects:
        parts["disk"] = _disk(container)

    async def read() -> Sequence[Metric]:
        done = GaugeMetricFamily("bunri_measure_read", "Whether a part could be looked at just now.", labels=("part",))
        found: list[Metric] = [done]
        for name, metrics in zip(
            parts, await asyncio.gather(*(_tried(part, within_s) for part in parts.values())), strict=True
        ):
            done.add_metric([name], float(metrics is not None))
            found += metrics or ()
        return found

    return read


async def _tried(part: Part, within_s: float) -> list[Metric] | None:
    try:
        async with asyncio.timeout(within_s):
            return [metric async for metric in part()]
    except Exception as error:  # whatever is away, the other parts are worth reading
        log.warning("measures.failed", reason=repr(error))
        return None


def _queues(container: Container, queues: Sequence[str]) -> Part:
    reader: list[QueueReader] = []

    async def read() -> AsyncIterator[Metric]:
        if not reader:  # a connection belongs to the loop that uses it
            reader.append(QueueReader(container.settings.cache_address("broker")))
            container.closing.push_async_callback(reader[0].close)
        states = await reader[0].read(queues)
        waiting = GaugeMetricFamily("bunri_queue_waiting", "Messages that no worker has taken yet.", labels=("queue",))
        oldest = GaugeMetricFamily(
            "bunri_queue_oldest_seconds", "How long the next message has waited; 0 where none does.", labels=("queue",)
        )
        for each in states.queues:
            waiting.add_metric([each.queue], each.waiting)
            oldest.add_metric([each.queue], each.oldest_s or 0)
        yield waiting
        yield oldest
        yield GaugeMetricFamily("bunri_queue_in_hand", "Messages taken and not finished, all queues.", states.in_hand)

    return read


def _heartbeats(container: Container, queues: Sequence[str]) -> Part:
    async def read() -> AsyncIterator[Metric]:
        silent = await heartbeats.silent(container.cache("common"), queues)
        consumed = GaugeMetricFamily(
            "bunri_queue_consumed", "1: a worker has taken a task of the queue within 45 s.", labels=("queue",)
        )
        for queue in queues:
            consumed.add_metric([queue], float(queue not in silent))
        yield consumed

    return read


def _connections(container: Container) -> Part:
    async def read() -> AsyncIterator[Metric]:
        open_, most = await container.database.connections()
        yield GaugeMetricFamily("bunri_database_connections", "Open connections of the server.", open_)
        yield GaugeMetricFamily("bunri_database_connections_limit", "As many as ordinary roles may have.", most)

    return read


def _backups(container: Container) -> Part:
    async def read() -> AsyncIterator[Metric]:
        from bunri.platform.backup.status import StatusStore, measures

        with closing(StatusStore(container.settings.cache_address("common"))) as store:
            status = await asyncio.to_thread(store.load)
        for metric in measures(status):
            yield metric

    return read


def _disk(container: Container) -> Part:
    async def read() -> AsyncIterator[Metric]:
        usage = await asyncio.to_thread(shutil.disk_usage, container.settings.data)
        yield GaugeMetricFamily("bunri_data_free_bytes", "Room left where the data lies.", usage.free)
        yield GaugeMetricFamily("bunri_data_size_bytes", "Size of the disk that the data lies on.", usage.total)

    return read
