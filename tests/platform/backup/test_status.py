"""What Prometheus is told of backups."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis
from tests.platform.backup.test_targets import NAME, summary

from bunri.app.settings import Settings
from bunri.platform.backup.manifest import DrillResult, Summary
from bunri.platform.backup.status import StatusStore, measures

SUMMARY = Summary.model_validate_json(summary(NAME, 1))
AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def store(installation: Settings) -> Iterator[StatusStore]:
    store = StatusStore(installation.cache_address("common"))
    store._valkey.delete("backup:status")
    yield store
    store.close()


def told(store: StatusStore) -> dict[str, float]:
    samples = [sample for metric in measures(store.load()) for sample in metric.samples]
    return {sample.name.removeprefix("bunri_backup_"): sample.value for sample in samples}


def test_nothing_yet(store: StatusStore) -> None:
    assert told(store) == {}


def test_a_backup_a_failure_and_a_backup(store: StatusStore) -> None:
    store.succeeded(SUMMARY)
    assert told(store) == {
        "last_success_timestamp_seconds": SUMMARY.created_at.timestamp(),
        "size_bytes": 4,
        "duration_seconds": 1,
        "rows": 2,
        "objects": 3,
        "failing": 0,
    }
    store.failed("backup_no_room")
    assert (told(store)["failing"], told(store)["size_bytes"]) == (1, 4)
    store.succeeded(SUMMARY)
    assert told(store)["failing"] == 0


def test_drills(store: StatusStore) -> None:
    store.drilled(DrillResult(name=NAME, at=AT, ok=True, seconds=3))
    later = datetime(2026, 1, 9, tzinfo=UTC)
    store.drilled(DrillResult(name=NAME, at=later, ok=False, seconds=1, code="backup_damaged"))
    assert told(store) == {
        "drill_success": 0,
        "drill_last_timestamp_seconds": later.timestamp(),
        "drill_duration_seconds": 1,
        "drill_last_success_timestamp_seconds": AT.timestamp(),
    }


def test_a_backup_does_not_fail_for_want_of_valkey() -> None:
    gone = StatusStore("redis://127.0.0.1:9/0")
    gone.succeeded(SUMMARY)
    with pytest.raises(redis.RedisError):
        gone.load()
    gone.close()
