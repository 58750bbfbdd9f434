"""Backups by themselves: only where they have a place, each day, and drilled each week."""

import asyncio
import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.support.servers import serving, status

from bunri.app.backup_run import run as run_due
from bunri.app.backup_tasks import TASK, backup_handlers, backup_schedule
from bunri.app.settings import Settings
from bunri.platform.alerts.settings import AlertSettings
from bunri.platform.backup.encryption import new_identity
from bunri.platform.backup.errors import BackupOnlyEmbedded, BackupTargetUnusable
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.backup.status import StatusStore
from bunri.platform.backup.targets import FolderTarget


def with_backups(settings: Settings, tmp_path: Path, **more: object) -> Settings:
    private, public = new_identity()
    (tmp_path / "key").write_text(private)
    rules = {
        "target": str(tmp_path / "place"),
        "recipients": (public,),
        "identity_file": tmp_path / "key",
        **more,
    }
    return settings.model_copy(update={"backup": BackupSettings.model_validate(rules)})


def test_only_where_they_have_a_place(settings: Settings, tmp_path: Path) -> None:
    assert backup_schedule(settings) == ()
    assert backup_handlers(settings, ["default"]) == []
    configured = with_backups(settings, tmp_path)
    assert [each.task for each in backup_schedule(configured)] == [TASK]
    assert backup_schedule(with_backups(settings, tmp_path, wal=True))[0].every == 300
    assert backup_handlers(configured, ["waste"]) == []


async def test_a_worker_runs_the_command(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())  # as Celery's, it is no file
    mark = tmp_path / "ran"
    command = (sys.executable, "-c", f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(15)")
    (handler,) = backup_handlers(with_backups(settings, tmp_path), ["default"], command)
    await handler.run(None, {})  # type: ignore[arg-type]
    await handler.run(None, {})  # type: ignore[arg-type]
    assert mark.read_text() == "xx"


def test_a_place_needs_somebody_to_read_it() -> None:
    with pytest.raises(ValueError, match="recipients"):
        BackupSettings(target=SecretStr("/a"))
    with pytest.raises(ValueError, match="age1"):
        BackupSettings(recipients=("AGE-SECRET-KEY-1",))
    with pytest.raises(ValueError, match="wal without target"):
        BackupSettings(wal=True)


@pytest.fixture
def store(settings: Settings) -> StatusStore:
    """With nothing of the tests before."""
    store = StatusStore(settings.cache_address("common"))
    store.recovered()
    return store


def test_what_is_due_is_done_once(settings: Settings, tmp_path: Path, store: StatusStore) -> None:
    configured = with_backups(settings, tmp_path)
    said: list[str] = []
    for _ in range(2):
        run_due(configured, said.append)
    target = FolderTarget(tmp_path / "place")
    (made,) = target.archives()
    result = target.drill()
    assert result
    assert (result.ok, result.name, result.rows) == (True, made.name, made.rows)
    assert len(said) == 1
    known = store.load()
    assert (known.last, known.failed_at, known.drill) == (made, None, result)
    store.close()


async def test_what_fails_is_told(settings: Settings, tmp_path: Path, store: StatusStore) -> None:
    (tmp_path / "file").write_bytes(b"")
    async with serving(status(200, b"ok")) as server:
        alerts = AlertSettings(slack_webhook=SecretStr(f"{server.url}/services/x"), repeat_after=timedelta(0))
        broken = with_backups(settings, tmp_path, target=str(tmp_path / "file")).model_copy(update={"alerts": alerts})
        with pytest.raises(BackupTargetUnusable):
            await asyncio.to_thread(run_due, broken, print)
        known = await asyncio.to_thread(store.load)
        assert known.failed_code == "backup_target_unusable"
        (request,) = server.requests
        assert "The backup failed" in json.dumps(request.json())
    store.close()


def test_a_failure_that_is_over_is_forgotten(settings: Settings, tmp_path: Path, store: StatusStore) -> None:
    configured = with_backups(settings, tmp_path, identity_file=None)
    run_due(configured, print)
    store.failed("backup_target_unusable")
    run_due(configured, print)
    assert store.load().failed_at is None
    store.close()


def test_the_log_of_another_database_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupOnlyEmbedded):
        run_due(with_backups(settings, tmp_path, wal=True), print)
