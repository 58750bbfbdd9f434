"""``bunri backup`` and ``bunri restore`` as an operator uses them: embedded servers, sentences and exit statuses."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bunri.app.settings import Settings
from bunri.cli import backup as backups
from bunri.cli import bins, restore
from bunri.cli.connection import Connection
from bunri.platform.backup.errors import BackupFailed
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.embedded import EmbeddedServers
from bunri.platform.vision.settings import VisionSettings

RESTORE = typer.Typer()
RESTORE.command()(restore.restore)


def test_exit_statuses_stay() -> None:
    """Scripts rely on them: docs/operations/backup.md."""
    assert {kind.code.removeprefix("backup_"): kind.exit_status for kind in BackupFailed.__subclasses__()} == {
        "key_wrong": 10,
        "damaged": 11,
        "too_new": 12,
        "would_replace": 13,
        "would_replace_cluster": 13,
        "while_running": 14,
        "no_room": 15,
        "not_encrypted": 16,
        "missing": 17,
        "of_another_secret": 18,
        "rows_differ": 19,
        "target_unusable": 20,
        "moment_out_of_reach": 21,
        "under_way": 22,
        "program_failed": 23,
        "identity_missing": 24,
        "identity_unreadable": 25,
        "target_missing": 26,
        "picture_broken": 27,
        "only_embedded": 28,
        "nothing_there": 29,
    }


class Machine:
    """Somebody at the terminal of a machine with a data directory."""

    def __init__(self, data: Path, **rules: object) -> None:
        vision = VisionSettings(models_dir=None, fetch=False)
        self.data = data
        self.settings = Settings(data=data, backup=BackupSettings.model_validate(rules), vision=vision)

    def run(self, app: typer.Typer, *words: object) -> Result:
        with Connection() as connection:
            connection.given = self.settings
            return CliRunner().invoke(app, [*map(str, words), "--lang", "en"], obj=connection)

    def fails(self, status: int, sentence: str, app: typer.Typer, *words: object) -> None:
        done = self.run(app, *words)
        assert done.exit_code == status, done.output
        assert sentence in done.stderr

    def works(self, app: typer.Typer, *words: object) -> str:
        done = self.run(app, *words)
        assert done.exit_code == 0, done.output
        return done.stdout


@contextmanager
def running(data: Path) -> Iterator[None]:
    """As ``bunri up`` has its servers."""
    servers = EmbeddedServers(data, what="bunri up")
    try:
        servers.start()
        yield
    finally:
        servers.stop()


@pytest.mark.timeout(600)  # PostgreSQL is started eight times
def test_from_the_first_key_to_a_new_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    place, key, backup = tmp_path / "place", tmp_path / "key", backups.backup
    bare = Machine(tmp_path / "data")
    bare.fails(29, "nothing to back up", backup, "--to", place, "--unencrypted")
    listed_bins = bare.works(bins.bins, "list")  # makes the database and its sample bins
    public = bare.works(backup, "key", key).strip()
    assert key.stat().st_mode & 0o777 == 0o600
    assert bare.run(backup, "key", key).exit_code == 2  # it is not overwritten

    machine = Machine(tmp_path / "data", target=str(place), recipients=[public])
    with running(machine.data):
        bare.fails(26, "BUNRI_BACKUP__TARGET", backup)
        bare.fails(16, "bunri backup key", backup, "--to", place)
        machine.fails(17, "There is no backup", backup, "verify")
        assert "rows" in machine.works(backup)
        machine.fails(14, "bunri is running: bunri up", RESTORE, "--identity", key, "--replace")
    listed: dict[str, Any] = json.loads(machine.works(backup, "list", "--json"))
    assert (listed["encrypted"], listed["size"]) == (True, (place / listed["name"]).stat().st_size)
    assert listed["name"] in machine.works(backup, "list")
    assert "is whole" in machine.works(backup, "verify")
    assert "is sound" in machine.works(backup, "verify", "--identity", key)
    machine.fails(24, "--identity", RESTORE, "--replace")
    machine.fails(25, "no file with a private key", RESTORE, "--identity", place / listed["name"], "--replace")

    other = Machine(tmp_path / "other", target=str(place), unencrypted=True)
    assert "restores" in other.works(backup, "drill", "--identity", key)
    assert "is restored" in other.works(RESTORE, "--identity", key)
    assert other.works(bins.bins, "list") == listed_bins
    secret = Path("secrets", "root")
    assert (other.data / secret).read_text() == (machine.data / secret).read_text()
    other.fails(13, "--replace", RESTORE, "--identity", key)
    archive = place / listed["name"]
    archive.write_bytes(archive.read_bytes()[:-100])
    other.fails(11, "is damaged", RESTORE, archive, "--identity", key, "--replace")
    other.fails(11, "is damaged", backup, "verify")
    other.fails(19, "does not restore (backup_damaged)", backup, "drill", "--identity", key)
    other.fails(21, "cannot be restored", RESTORE, "--until", "2026-01-01T00:00:00+09:00", "--identity", key)


def test_a_full_disk(settings: Settings, tmp_path: Path) -> None:
    """The system refuses to make the file longer, in the middle of a backup by the whole program."""
    assert settings.secret
    own = {
        "BUNRI_DATA": str(settings.data),
        "BUNRI_SECRET": settings.secret.get_secret_value(),
        "BUNRI_DATABASE_URL": str(settings.database_url),
        "BUNRI_VALKEY_URL": str(settings.valkey_url),
    }
    command = [
        sys.executable,
        "-m",
        "bunri",
        "backup",
        "--to",
        str(tmp_path / "place"),
        "--unencrypted",
        "--lang",
        "en",
    ]
    done = subprocess.run(
        command,
        env=os.environ | own,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2**15, 2**15)),
        check=False,
    )
    assert done.returncode == 15, done.stderr
    assert "There is no room" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "place").iterdir()) == []
