"""Any moment of the embedded database: rows that were deleted are there again."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.platform.backup.conftest import Keys, object_of, sql, write_object

from bunri.app.backups import fingerprint, open_objects, source_of
from bunri.app.migrations import migrate_all
from bunri.app.settings import Settings
from bunri.platform.backup.cluster import archive_for, prune_log, ship, system_of
from bunri.platform.backup.encryption import read_identities
from bunri.platform.backup.errors import (
    BackupDamaged,
    BackupKeyWrong,
    BackupMomentOutOfReach,
    BackupWhileRunning,
    BackupWouldReplaceCluster,
)
from bunri.platform.backup.moments import Moment, restore_moment
from bunri.platform.backup.taking import take
from bunri.platform.backup.targets import FolderTarget
from bunri.platform.db.address import owner_address
from bunri.platform.embedded import EmbeddedServers

pytestmark = pytest.mark.timeout(300)  # each starts a PostgreSQL or two

ROWS = 5000
KEY = "examples/kept.txt"


@contextmanager
def started(data: Path) -> Iterator[Settings]:
    servers = EmbeddedServers(data, keeps_log=True, what="pytest")
    try:
        yield Settings(data=data).on(servers.start())
    finally:
        servers.stop()


def shipped(settings: Settings, folder: FolderTarget, keys: Keys) -> None:
    """Finishes the file of the log that is being written, and takes all of them to the target."""
    last = str(sql(settings, "select pg_walfile_name(pg_switch_wal())"))
    deadline = time.monotonic() + 60
    while not (settings.data / "wal" / last).exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert ship(settings.data, folder, system_of(owner_address(str(settings.database_url))), [keys.public]) > 0
    assert list((settings.data / "wal").iterdir()) == []


def moment(settings: Settings) -> datetime:
    """Between two transactions."""
    time.sleep(0.05)
    found: datetime = sql(settings, "select clock_timestamp()")
    time.sleep(0.05)
    return found


def back(until: datetime, folder: FolderTarget, keys: Keys, data: Path, *, replace: bool) -> Moment:
    identities = read_identities(keys.file)
    reader = keys.reader(folder, archive_for(folder, until).name)
    return restore_moment(
        until,
        reader,
        folder,
        identities,
        data,
        lambda: open_objects(Settings(data=data).on(None)),
        None,
        replace=replace,
    )


def test_rows_are_there_again(tmp_path: Path, folder: FolderTarget, make_keys: Callable[[str], Keys]) -> None:
    keys, data = make_keys("key"), tmp_path / "data"
    with started(data) as settings:
        asyncio.run(migrate_all(settings, sample=False))
        write_object(settings, KEY, b"kept", "text/plain")
        with source_of(
            settings.model_copy(update={"backup": settings.backup.model_copy(update={"wal": True})})
        ) as source:
            summary = take(source, folder, keys.rules)
        before_the_rows = moment(settings)
        sql(settings, "create table things (id int)")
        sql(settings, f"insert into things select generate_series(1, {ROWS})")
        with_the_rows = moment(settings)
        shipped(settings, folder, keys)
        sql(settings, "delete from things where id > 10")
        write_object(settings, "examples/later.txt", b"later", "text/plain")
        (data / "objects" / KEY).unlink()
        with pytest.raises(BackupWhileRunning):
            back(with_the_rows, folder, keys, data, replace=True)

    # What cannot be done changes nothing.
    with pytest.raises(BackupWouldReplaceCluster):
        back(with_the_rows, folder, keys, data, replace=False)
    with pytest.raises(BackupKeyWrong):
        back(with_the_rows, folder, make_keys("other"), data, replace=True)
    for unreachable in (summary.created_at - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)):
        with pytest.raises(BackupMomentOutOfReach):
            back(unreachable, folder, keys, data, replace=True)

    # Here, to the newest moment: the log that never got to the target lies in the cluster itself.
    assert not back(datetime.now(UTC), folder, keys, data, replace=True).reached
    with started(data) as settings:
        assert sql(settings, "select count(*) from things") == 10

    # And again to just before the rows were deleted.
    assert back(with_the_rows, folder, keys, data, replace=True).reached
    with started(data) as settings:
        assert sql(settings, "select count(*) from things") == ROWS
        assert object_of(settings, KEY) == (b"kept", "text/plain")
        assert object_of(settings, "examples/later.txt") == (b"later", "text/plain")

    # On another machine, from what lies at the target: its log ends before the rows were deleted.
    elsewhere = tmp_path / "elsewhere"
    back(with_the_rows, folder, keys, elsewhere, replace=False)
    with started(elsewhere) as settings:
        assert sql(settings, "select count(*) from things") == ROWS
        assert fingerprint(settings) == fingerprint(Settings(data=data).on(None))
    assert back(before_the_rows, folder, keys, elsewhere, replace=True).reached
    with started(elsewhere) as settings:
        assert sql(settings, "select to_regclass('public.things')") is None

    # A log that is damaged is told, and the cluster stays.
    log = next(each for each in folder.files("wal/"))
    (folder.drafts / log).write_bytes(b"age-encryption.org/v1\n damaged")
    with pytest.raises((BackupDamaged, BackupKeyWrong)):
        back(with_the_rows, folder, keys, elsewhere, replace=True)
    with started(elsewhere) as settings:
        assert sql(settings, "select to_regclass('public.things')") is None
    assert prune_log(folder) >= 0


def test_a_log_that_no_archive_needs_goes(folder: FolderTarget, tmp_path: Path) -> None:
    from tests.platform.backup.test_targets import NAME, summary

    from bunri.platform.backup.manifest import ClusterManifest, Summary

    copied = datetime(2026, 1, 1, tzinfo=UTC)
    cluster = ClusterManifest(system="7", first_segment="000000020000000000000005", copied_at=copied)
    made = Summary.model_validate_json(summary(NAME, 1)).model_copy(update={"cluster": cluster})
    folder.write(NAME, b"data")
    folder.write(f"{NAME}.json", made.model_dump_json().encode())
    names = ["000000010000000000000004", "000000010000000000000005", "000000020000000000000006"]
    for name in [f"wal/7/{each}.gz.age" for each in names] + [
        "wal/7/00000002.history.gz.age",
        "wal/8/" + names[0] + ".gz",
    ]:
        folder.write(name, b"log")
    assert prune_log(folder) == 1
    assert f"wal/7/{names[0]}.gz.age" not in folder.files("wal/")
