"""How the last backup and the last drill went, for all processes: in Valkey, and from there in Prometheus.

Whoever backs up is a process of its own, which ends; whoever is asked for metrics is the API.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, cast

import redis
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from pydantic import BaseModel, ConfigDict, ValidationError

from bunri.platform.backup.manifest import DrillResult, Summary

_KEY: Final = "backup:status"


class BackupStatus(BaseModel):
    """What is known; all of it may be missing."""

    model_config = ConfigDict(frozen=True)

    last: Summary | None = None
    failed_at: datetime | None = None
    failed_code: str | None = None
    drill: DrillResult | None = None
    drill_ok_at: datetime | None = None


class StatusStore:
    """In the Valkey at ``url``, without a time to live, so that it is not evicted. Who cannot reach it goes without:
    a backup does not fail for it."""

    def __init__(self, url: str) -> None:
        self._valkey: redis.Redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def close(self) -> None:
        self._valkey.close()

    def load(self) -> BackupStatus:
        """Raises redis.RedisError."""
        raw = cast("bytes | None", self._valkey.get(_KEY))
        try:
            return BackupStatus.model_validate_json(raw) if raw else BackupStatus()
        except ValidationError:  # of another version
            return BackupStatus()

    def succeeded(self, summary: Summary) -> None:
        self._change(last=summary, failed_at=None, failed_code=None)

    def recovered(self) -> None:
        """What failed works again, though no backup was due."""
        self._change(failed_at=None, failed_code=None)

    def failed(self, code: str) -> None:
        self._change(failed_at=datetime.now(UTC), failed_code=code)

    def drilled(self, result: DrillResult) -> None:
        self._change(drill=result, **({"drill_ok_at": result.at} if result.ok else {}))

    def _change(self, **what: object) -> None:
        try:
            self._valkey.set(_KEY, self.load().model_copy(update=what).model_dump_json())
        except redis.RedisError:
            return


def measures(status: BackupStatus) -> Iterator[Metric]:
    """What Prometheus is told. Without a backup yet its measures are absent, which is worth an alert as well
    (docs/operations/backup.md)."""
    if last := status.last:
        yield _gauge("last_success_timestamp_seconds", "When the newest backup was made.", last.created_at)
        yield _gauge("size_bytes", "Of the newest backup.", last.size)
        yield _gauge("duration_seconds", "That the newest backup took.", last.seconds)
        yield _gauge("rows", "In the newest backup.", last.rows)
        yield _gauge("objects", "In the newest backup.", last.objects)
    if last or status.failed_at:
        yield _gauge("failing", "1: the last attempt failed.", 1 if status.failed_at else 0)
    if drill := status.drill:
        yield _gauge("drill_success", "1: the last drill restored everything.", 1 if drill.ok else 0)
        yield _gauge("drill_last_timestamp_seconds", "When the last drill began.", drill.at)
        yield _gauge("drill_duration_seconds", "That the last drill took.", drill.seconds)
    if status.drill_ok_at:
        words = "When the last drill that restored everything began."
        yield _gauge("drill_last_success_timestamp_seconds", words, status.drill_ok_at)


def _gauge(name: str, words: str, value: float | datetime) -> GaugeMetricFamily:
    number = value.timestamp() if isinstance(value, datetime) else float(value)
    return GaugeMetricFamily(f"bunri_backup_{name}", words, value=number)
