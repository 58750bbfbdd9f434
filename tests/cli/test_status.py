"""``bunri status`` while parts of an installation are missing. A whole one is looked at in ``test_up.py``."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.conftest import OwnSettings
from tests.support.operating import execute, leave_heartbeats
from tests.support.platform import free_port
from typer.testing import CliRunner, Result

from bunri import __version__
from bunri.app.settings import Settings
from bunri.cli import status as command
from bunri.cli.connection import Connection
from bunri.kit.ids import new_id
from bunri.kit.languages import LANGUAGES
from bunri.platform.backup.manifest import DrillResult
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.backup.status import StatusStore
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.state import write_json

STATUS = typer.Typer()
STATUS.command()(command.status)


@pytest.fixture(scope="module")
def own(own_settings: OwnSettings) -> Settings:
    """Servers that nobody else uses, and no process of bunri: heartbeats are left by the tests."""

    async def make() -> Settings:
        return await own_settings()

    return asyncio.run(make())


def run(settings: Settings, *words: str) -> Result:
    connection = Connection()
    connection.given = settings
    return CliRunner().invoke(STATUS, [*words, "--lang", "en"], obj=connection, env={"COLUMNS": "250"})


def document(settings: Settings, status: int = 1) -> dict[str, Any]:
    done = run(settings, "--json")
    assert done.exit_code == status, done.output
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # lines of the log come before
    assert found["works"] == (status == 0)
    return found


@contextmanager
def backups(settings: Settings) -> Iterator[StatusStore]:
    store = StatusStore(settings.cache_address("common"))
    yield store
    store.recovered()
    store.close()


def test_where_nothing_runs_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    nowhere = Settings(data=tmp_path / "none")
    done = run(nowhere)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"Nothing runs on {nowhere.data}" in done.stderr
    assert json.loads(run(nowhere, "--json").stdout) == {"works": False, "data": str(nowhere.data), "run_by": None}
    assert not nowhere.data.exists()


def test_where_all_is_heard_everything_works(own: Settings) -> None:
    asyncio.run(leave_heartbeats(own))
    found = document(own, 0)
    assert found["run_by"] is None
    assert (found["targets"]["waste"]["version"], found["version"]) == (__version__, __version__)
    assert {queue["version"] for queue in found["queues"].values()} == {__version__}
    assert all(queue["heard_s_ago"] < 45 for queue in found["queues"].values())
    assert {it["behind"] for it in found["migrations"].values()} == {0}
    assert 0 < found["connections"] < found["connections_limit"]
    assert 0 < found["disk_free"] < found["disk_size"]
    assert found["configured"]["mail"] is None
    shown = run(own).stdout
    assert "everything works" in shown
    assert "not here, so people are asked" in shown


def test_a_queue_that_nobody_works_on_is_named(own: Settings) -> None:
    asyncio.run(leave_heartbeats(own, but="learning"))
    found = document(own)
    assert found["queues"]["learning"]["heard_s_ago"] is None
    assert found["parts"]["queue:learning"]["degraded_reason"] == "queue_silent"
    assert "nobody works on learning" in run(own).stdout


def test_a_migration_that_is_missing_or_from_the_future_is_named(own: Settings, sql: Callable[[str], None]) -> None:
    asyncio.run(leave_heartbeats(own))
    newest = document(own, 0)["migrations"]["chat"]["at"]
    try:
        sql("update chat.alembic_version set version_num = 'of the future'")
        newer = {"at": "of the future", "behind": 0, "ahead": True, "too_new": False}
        assert document(own, 0)["migrations"]["chat"] == newer
        sql("comment on schema chat is 'versions need chat_0099'")
        assert document(own)["migrations"]["chat"]["too_new"]
        sql("update chat.alembic_version set version_num = 'chat_0004'")
        assert document(own)["migrations"]["chat"]["behind"] == 1
        assert "chat needs 1 more" in run(own).stdout
    finally:
        sql("comment on schema chat is null")
        sql(f"update chat.alembic_version set version_num = '{newest}'")


@pytest.fixture
def sql(own: Settings) -> Callable[[str], None]:
    """Statements as the owner of the database."""
    import asyncpg

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(own.database_url)
        await connection.execute(statement)
        await connection.close()

    return lambda statement: asyncio.run(execute(statement))


def test_events_that_wait_are_counted_and_timed(own: Settings) -> None:
    asyncio.run(leave_heartbeats(own))
    values = f"'{new_id()}', 'nothing', '{{}}', now() - interval '90 seconds'"
    asyncio.run(execute(own, "waste", f"insert into waste.outbox (id, topic, payload, created_at) values ({values})"))
    try:
        waiting, oldest_s = document(own, 0)["outboxes"]["waste"]
        assert (waiting, 90 <= oldest_s < 150) == (1, True)
        assert "waste 1 (1 min ago)" in run(own).stdout
    finally:
        asyncio.run(execute(own, "waste", "delete from waste.outbox"))


def test_a_backup_that_failed_and_a_drill_that_failed_are_faults(own: Settings) -> None:
    asyncio.run(leave_heartbeats(own))
    planned = own.model_copy(update={"backup": BackupSettings.model_validate({"target": "/x", "unencrypted": True})})
    assert document(planned, 0)["backups"]["planned"]
    assert "none yet" in run(planned).stdout
    with backups(own) as store:
        store.failed("backup_no_room")
        assert document(planned)["backups"]["known"]["failed_code"] == "backup_no_room"
        store.recovered()
        store.drilled(DrillResult(name="a", at=datetime.now(UTC), ok=False, seconds=1, code="backup_damaged"))
        assert document(planned)["backups"]["known"]["drill"]["ok"] is False
        assert "did not restore" in run(planned).stdout
        store.drilled(DrillResult(name="a", at=datetime.now(UTC), ok=True, seconds=1))


def test_servers_that_are_away_are_told_and_the_rest_as_well(own: Settings) -> None:
    asyncio.run(leave_heartbeats(own))
    away = own.model_copy(update={"database_url": f"postgresql://x@127.0.0.1:{free_port()}/x"})
    found = document(away)
    assert found["migrations"] is None
    assert found["outboxes"] is None
    assert found["parts"]["database:waste"]["ok"] is False
    assert found["queues"]["waste"]["heard_s_ago"] is not None
    without_valkey = own.model_copy(update={"valkey_url": f"redis://127.0.0.1:{free_port()}"})
    found = document(without_valkey)
    assert (found["targets"], found["queues"]["waste"]["waiting"]) == (None, None)
    assert found["migrations"] is not None
    assert "cannot be asked" in run(without_valkey).stdout


def test_the_detector_that_is_here_is_said(own: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine.onnx").touch()
    vision = VisionSettings(models_dir=tmp_path, detector="mine", fetch=False)
    asyncio.run(leave_heartbeats(own))
    found = document(own.model_copy(update={"vision": vision}), 0)
    assert (found["detector"], found["detector_here"]) == ("mine", True)


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ("fetching", "being fetched: 25 %"),
        ("failed", "tried again"),
        (None, "is not here"),
        ("off", "off (BUNRI_VISION"),
    ],
)
def test_how_far_the_open_vocabulary_is_and_its_licence_is_said(
    own: Settings, tmp_path: Path, phase: str | None, said: str
) -> None:
    folder = own.data / "models" / "clip_vit_b32"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").unlink(missing_ok=True)
    if phase and phase != "off":
        write_json(folder / "state.json", {"phase": phase, "done": 5, "total": 20, "reason": "model_download_failed"})
    setting = "off" if phase == "off" else "clip_vit_b32"
    vision = VisionSettings(models_dir=None, open_vocabulary=setting, fetch=False)
    shown = run(own.model_copy(update={"vision": vision})).stdout
    assert said in shown
    assert ("MIT" in shown) is (phase != "off")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_has_its_words(own: Settings, lang: str) -> None:
    connection = Connection()
    connection.given = own
    done = CliRunner().invoke(STATUS, ["--lang", lang], obj=connection)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert __version__ in done.stdout
