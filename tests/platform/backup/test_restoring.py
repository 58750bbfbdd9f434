"""What is backed up comes back: to another database, another store, and into a PostgreSQL made for a drill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from tests.platform.backup.conftest import (
    NOTE,
    PICTURE,
    Keys,
    add_guest,
    count,
    object_of,
    run,
    sql,
    with_roles,
    write_object,
)
from tests.support import processes
from tests.support.platform import environment

from bunri.app.backups import destination_of, drill_plan
from bunri.app.settings import Settings
from bunri.platform.backup.archive import ArchiveReader
from bunri.platform.backup.database import Snapshot, load
from bunri.platform.backup.drill import drill
from bunri.platform.backup.errors import (
    BackupKeyWrong,
    BackupNoRoom,
    BackupNotEncrypted,
    BackupOfAnotherSecret,
    BackupProgramFailed,
    BackupRowsDiffer,
    BackupTooNew,
    BackupUnderWay,
    BackupWhileRunning,
    BackupWouldReplace,
)
from bunri.platform.backup.manifest import Manifest, SchemaManifest
from bunri.platform.backup.restoring import Destination, check_known, compare, restore
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.backup.taking import Source, take
from bunri.platform.backup.targets import FolderTarget, Target
from bunri.platform.db import Database
from bunri.platform.db.address import login_address, owner_address

pytestmark = pytest.mark.timeout(300)  # each starts a PostgreSQL or two


def test_everything_comes_back(
    source: Source,
    target: Target,
    keys: Keys,
    destination: Destination,
    installation: Settings,
    elsewhere: Settings,
    photo: bytes,
) -> None:
    summary = take(source, target, keys.rules)
    people = count(installation, "auth.people")
    add_guest(installation, "왔다")  # after the backup
    write_object(elsewhere, "examples/2026/stored-later", b"gone", "text/plain")
    restored = restore(keys.reader(target, summary.name), destination, replace=True)
    assert restored.rows == summary.rows
    assert (restored.objects, restored.removed) == (summary.objects, 1)
    assert count(elsewhere, "auth.people") == people
    assert object_of(elsewhere, PICTURE) == (photo, "image/jpeg")
    assert object_of(elsewhere, NOTE) == (b"", "text/plain")
    assert object_of(elsewhere, "examples/2026/stored-later") is None


async def _reads_and_writes(settings: Settings) -> int:
    database = Database(login_address(str(settings.database_url), settings.key("database roles")))
    async with database.transaction("auth") as session:
        connection = await session.connection()
        found = (await connection.exec_driver_sql("select count(*) from auth.people")).scalar_one()
        await connection.exec_driver_sql("update auth.people set name = name")
    await database.dispose()
    return int(found)


def test_the_domains_roles_work_afterwards(
    source: Source, folder: FolderTarget, keys: Keys, destination: Destination, elsewhere: Settings
) -> None:
    name = take(source, folder, keys.rules).name
    restore(keys.reader(folder, name), destination, replace=True)
    assert run(_reads_and_writes(elsewhere)) == count(elsewhere, "auth.people")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        sql(elsewhere, "do $$ begin set local role bunri_auth; perform * from waste.jobs; end $$")


def test_data_is_replaced_only_when_that_is_said(
    source: Source, folder: FolderTarget, keys: Keys, destination: Destination, elsewhere: Settings
) -> None:
    name = take(source, folder, keys.rules).name
    add_guest(elsewhere, "남는다")
    before = count(elsewhere, "auth.people")
    with pytest.raises(BackupWouldReplace):
        restore(keys.reader(folder, name), destination)
    assert count(elsewhere, "auth.people") == before


def test_not_while_bunri_runs(
    source: Source, folder: FolderTarget, keys: Keys, destination: Destination, elsewhere: Settings
) -> None:
    name = take(source, folder, keys.rules).name
    login = login_address(str(elsewhere.database_url), elsewhere.key("database roles"))
    with Snapshot(login), pytest.raises(BackupWhileRunning):
        restore(keys.reader(folder, name), destination, replace=True)


def test_another_secret_is_told(source: Source, folder: FolderTarget, keys: Keys, elsewhere: Settings) -> None:
    name = take(source, folder, keys.rules).name
    other = elsewhere.model_copy(update={"secret": SecretStr("another secret, as long as it has to be")})
    with destination_of(other, own_secret=True) as opened:
        destination = with_roles(opened)
        with pytest.raises(BackupOfAnotherSecret):
            restore(keys.reader(folder, name), destination, replace=True)
        assert restore(keys.reader(folder, name), destination, replace=True, other_secret=True).rows > 0


def test_somebody_elses_key_changes_nothing(
    source: Source,
    folder: FolderTarget,
    keys: Keys,
    make_keys: Callable[[str], Keys],
    destination: Destination,
    elsewhere: Settings,
) -> None:
    name = take(source, folder, keys.rules).name
    before = count(elsewhere, "auth.people")
    with pytest.raises(BackupKeyWrong):
        restore(make_keys("other").reader(folder, name), destination, replace=True)
    assert count(elsewhere, "auth.people") == before


def test_newer_migrations_are_told(installation: Settings) -> None:
    manifest = Manifest.model_validate(
        {
            "format": 1,
            "bunri": "9.0.0",
            "created_at": "2026-01-01T00:00:00Z",
            "postgres": "18",
            "secret": "x",
            "schemas": {"auth": {"revision": "9999", "rows": {}}},
            "parts": {},
        }
    )
    known = drill_plan(installation).revisions
    with pytest.raises(BackupTooNew):
        check_known("a", manifest, known)
    check_known("a", manifest.model_copy(update={"schemas": {}}), known)


def test_other_rows_are_told() -> None:
    expected = {"auth": SchemaManifest(revision="1", rows={"people": 2, "sessions": 0})}
    compare(expected, {"auth": SchemaManifest(revision="1", rows={"people": 2, "sessions": 0, "new": 9})})
    for rows in ({"people": 1, "sessions": 0}, {"people": 2}, {}):
        with pytest.raises(BackupRowsDiffer):
            compare(expected, {"auth": SchemaManifest(revision="1", rows=rows)})
    with pytest.raises(BackupRowsDiffer):
        compare(expected, {})


class TestTaking:
    def test_nobody_to_read_it(self, source: Source, folder: FolderTarget) -> None:
        with pytest.raises(BackupNotEncrypted):
            take(source, folder, BackupSettings())

    def test_unencrypted_when_that_is_said(self, source: Source, folder: FolderTarget) -> None:
        summary = take(source, folder, BackupSettings(unencrypted=True))
        assert not summary.encrypted
        manifest = ArchiveReader(summary.name, lambda: folder.open(summary.name), []).check()
        assert (manifest.rows, manifest.objects) == (summary.rows, summary.objects)

    def test_one_at_a_time(self, source: Source, folder: FolderTarget, keys: Keys) -> None:
        with Snapshot(source.login), pytest.raises(BackupUnderWay):
            take(source, folder, keys.rules)

    def test_all_of_one_moment(self, source: Source, installation: Settings, tmp_path: Path) -> None:
        with Snapshot(source.login) as snapshot, (tmp_path / "dump").open("wb") as dump:
            before = count(installation, "auth.people")
            add_guest(installation, "늦었다")
            snapshot.dump("auth", dump)
            assert snapshot.describe("auth").rows["people"] == before

    def test_a_full_disk_leaves_nothing(self, source: Source, folder: FolderTarget, keys: Keys) -> None:
        with pytest.raises(BackupNoRoom):
            take(source, folder, keys.rules, reserve=2**60)
        assert list(folder.drafts.iterdir()) == []

    def test_old_ones_go_and_half_ones_too(self, source: Source, folder: FolderTarget, keys: Keys) -> None:
        half = "bunri-20250101t000000z.tar.age"
        (folder.drafts / half).write_bytes(b"no summary came after it")
        (folder.drafts / "somebody's.txt").write_bytes(b"stays")
        first = take(source, folder, keys.rules)
        second = take(source, folder, keys.rules)
        assert first.name != second.name
        assert set(folder.files()) == {second.name, f"{second.name}.json", "somebody's.txt"}


class TestDrill:
    def test_proves_an_archive(self, source: Source, folder: FolderTarget, keys: Keys, installation: Settings) -> None:
        summary = take(source, folder, keys.rules)
        result = drill(keys.reader(folder, summary.name), drill_plan(installation))
        assert (result.ok, result.rows, result.picture, result.code) == (True, summary.rows, PICTURE, None)
        assert list((installation.data / "backup-work").iterdir()) == []

    def test_tells_of_a_picture_that_does_not_open(
        self, source: Source, folder: FolderTarget, keys: Keys, installation: Settings, photo: bytes
    ) -> None:
        write_object(installation, PICTURE, photo[:300], "image/jpeg")
        result = drill(keys.reader(folder, take(source, folder, keys.rules).name), drill_plan(installation))
        assert (result.ok, result.code) == (False, "backup_picture_broken")

    def test_tells_of_damage(self, source: Source, folder: FolderTarget, keys: Keys, installation: Settings) -> None:
        name = take(source, folder, keys.rules).name
        archive = folder.drafts / name
        archive.write_bytes(archive.read_bytes()[:-1000])
        result = drill(keys.reader(folder, name), drill_plan(installation))
        assert (result.ok, result.code) == (False, "backup_damaged")


# ── killed half-way ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def held_table(installation: Settings) -> Iterator[Callable[[], bool]]:
    """Somebody holds a table, so that pg_dump waits for it; answers whether it does."""
    url = str(installation.database_url)
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    waiting = "select count(*) from pg_stat_activity where application_name = 'pg_dump' and wait_event_type = 'Lock'"
    yield lambda: bool(sql(installation, waiting))
    holder.communicate("\n")


_HOLD = """
import asyncio, asyncpg, sys
async def hold():
    connection = await asyncpg.connect(sys.argv[1])
    await connection.execute("begin; lock table waste.jobs in access exclusive mode")
    print("held", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
asyncio.run(hold())
"""


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(
    filled: Settings, folder: FolderTarget, keys: Keys, source: Source, held_table: Callable[[], bool]
) -> None:
    env = environment(filled, BUNRI_BACKUP__TARGET=str(folder.drafts))
    env["BUNRI_BACKUP__RECIPIENTS"] = json.dumps([keys.public])
    process = processes.start([sys.executable, "-m", "bunri", "backup"], env=env)
    until(held_table)
    os.killpg(process.pid, signal.SIGKILL)
    processes.stop(process)
    assert folder.archives() == []
    assert [each.name for each in folder.drafts.iterdir() if not each.name.startswith(".taking-")] == []


def test_the_next_one_removes_what_a_killed_one_left(source: Source, folder: FolderTarget, keys: Keys) -> None:
    (folder.drafts / ".taking-left").mkdir()
    (folder.drafts / ".taking-left" / "archive").write_bytes(b"half")
    take(source, folder, keys.rules)
    assert not (folder.drafts / ".taking-left").exists()


_LOAD = """
import sys
from pathlib import Path
from bunri.platform.backup.database import load
from bunri.platform.db.address import owner_address
load(owner_address(sys.argv[1]), {"auth": Path(sys.argv[2]), "users": Path(sys.argv[3])}, drop=["auth", "users"])
"""


def test_a_restore_that_is_killed_leaves_the_database_as_it_was(
    source: Source, elsewhere: Settings, tmp_path: Path
) -> None:
    """One schema has been written, and the dump of the next is on its way, when the process is killed."""
    with Snapshot(source.login) as snapshot, (tmp_path / "auth").open("wb") as dump:
        snapshot.dump("auth", dump)
    add_guest(elsewhere, "남는다")
    before = count(elsewhere, "auth.people")
    os.mkfifo(tmp_path / "users")
    command = [
        sys.executable,
        "-c",
        _LOAD,
        str(elsewhere.database_url),
        str(tmp_path / "auth"),
        str(tmp_path / "users"),
    ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    with (tmp_path / "users").open("wb"):  # opens once pg_restore reads it
        process.kill()
        process.wait()
    busy = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'psql'"
    until(lambda: not sql(elsewhere, busy))
    assert count(elsewhere, "auth.people") == before
    assert count(elsewhere, "users.profiles") >= 0


def test_a_dump_that_is_none_leaves_the_database_as_it_was(elsewhere: Settings, tmp_path: Path) -> None:
    before = count(elsewhere, "auth.people")
    (tmp_path / "auth").write_bytes(b"PGDMP but no more")
    with pytest.raises(BackupProgramFailed):
        load(owner_address(str(elsewhere.database_url)), {"auth": tmp_path / "auth"}, drop=["auth"])
    assert count(elsewhere, "auth.people") == before
