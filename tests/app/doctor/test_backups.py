"""What is wrong with backups: archives that really lie at a target, and are old, damaged or not there."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.platform import free_port

from bunri.app.backups import opened_target, source_of
from bunri.app.doctor.backups import backup_findings
from bunri.app.settings import Settings
from bunri.platform.backup.encryption import new_identity
from bunri.platform.backup.manifest import DrillResult
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.backup.taking import take

Place = Callable[..., Settings]
MADE_AT = datetime.now(UTC)


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Place:
    def make(target: str | None = str(tmp_path / "place"), **rules: object) -> Settings:
        given = {"target": target, **({} if rules or not target else {"unencrypted": True}), **rules}
        return settings.model_copy(update={"backup": BackupSettings.model_validate(given)})

    return make


@pytest.fixture
def made(place: Place) -> Settings:
    """With a backup from just now."""
    settings = place()
    with opened_target(settings) as target, source_of(settings) as source:
        take(source, target, settings.backup)
    return settings


def kinds(settings: Settings, **later: float) -> list[str]:
    """What would be found so much later; the temporary folders are all on one disk."""
    found: Iterator[str] = (it.kind for it in backup_findings(settings, datetime.now(UTC) + timedelta(**later), "en"))
    return [kind for kind in found if kind != "backups_beside"]


def test_none_are_planned(place: Place) -> None:
    assert kinds(place(None)) == ["backups_not_planned"]


def test_there_is_none_yet(place: Place) -> None:
    assert kinds(place()) == ["backup_none"]


def test_the_newest_is_young_or_old(made: Settings) -> None:
    assert kinds(made) == []
    assert kinds(made, hours=30) == []
    assert kinds(made, hours=37) == ["backup_old"]


def test_they_lie_beside_the_data(made: Settings) -> None:
    assert "backups_beside" in [it.kind for it in backup_findings(made, datetime.now(UTC), "en")]


def test_a_target_that_is_away_or_broken(place: Place, made: Settings, tmp_path: Path) -> None:
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        for port in (free_port(), hanging.getsockname()[1]):
            away = f"s3://key:secret@127.0.0.1:{port}/backups?tls=false"
            assert kinds(place(away)) == ["backups_unreadable"]
    (summary,) = (tmp_path / "place").glob("*.tar.json")
    summary.write_text("{")
    assert kinds(made) == ["backups_unreadable"]


def test_drills(made: Settings) -> None:
    def held(*, ok: bool, code: str | None = None) -> None:
        with opened_target(made) as target:
            target.note_drill(DrillResult(name="a", at=datetime.now(UTC), ok=ok, seconds=1, code=code))

    held(ok=False, code="backup_damaged")
    assert kinds(made) == ["drill_failed"]
    held(ok=True)
    assert kinds(made) == []
    assert "drill_old" in kinds(made, days=11)


def test_nobody_could_restore_what_is_encrypted(place: Place) -> None:
    _, public = new_identity()
    assert "drills_without_key" in kinds(place(recipients=[public]))
