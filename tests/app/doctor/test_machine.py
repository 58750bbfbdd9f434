"""What is wrong with a machine: real disks, limits and ports where there are some."""

import resource
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from tests.faults.test_full_disk import disk as small_disk
from tests.faults.test_full_disk import fill

from bunri.app.doctor import machine
from bunri.app.finding import Finding
from bunri.platform.memory import Memory
from bunri.platform.memory import memory as usable

GIB = 2**30
SHARED_MEMORY = Path("/dev/shm")


def kinds(findings: Iterator[Finding]) -> list[str]:
    return [finding.kind for finding in findings]


class TestDataFolder:
    def test_one_that_is_no_folder_cannot_be_written_to(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert kinds(machine.data_folder(tmp_path / "file")) == ["data_not_writable"]

    def test_one_that_takes_no_files_cannot_be_written_to(self) -> None:
        assert kinds(machine.data_folder(Path("/proc/self"))) == ["data_not_writable"]

    def test_one_that_is_not_there_yet_is_tried_where_it_would_be_made(self, tmp_path: Path) -> None:
        assert kinds(machine.data_folder(tmp_path / "not" / "yet")) == []
        assert list(tmp_path.iterdir()) == []


class TestDisk:
    def test_a_full_one_and_one_that_soon_will_be(self, tmp_path: Path) -> None:
        with small_disk(tmp_path / "disk", 300) as where:
            assert kinds(machine.disk(where / "data", embedded=True)) == []
            filler = fill(where, but_mb=25)
            assert kinds(machine.disk(where / "data", embedded=True)) == ["disk_full"]
            assert kinds(machine.disk(where / "data", embedded=False)) == ["disk_nearly_full"]
            (where / "data" / "postgres").mkdir(parents=True)
            (where / "data" / "postgres" / "PG_VERSION").touch()
            assert kinds(machine.disk(where / "data", embedded=True)) == ["disk_nearly_full"]
            filler.unlink()
            fill(where, but_mb=1)
            assert kinds(machine.disk(where / "data", embedded=True)) == ["disk_full"]

    def test_one_in_memory(self) -> None:
        if not SHARED_MEMORY.is_dir():
            pytest.skip("this system has no disk in memory")
        assert kinds(machine.kind_of_disk(SHARED_MEMORY / "bunri")) == ["disk_in_memory"]

    @pytest.mark.parametrize("kind", ["nfs4", "nfs", "cifs", "smb3", "9p", "fuse.sshfs"])
    def test_one_of_the_network(self, kind: str, tmp_path: Path) -> None:
        """No such disk can be mounted for a test: the table of mounts is one of a machine that has it."""

        class Mount(NamedTuple):
            mountpoint: str
            fstype: str

        def mounts(**_: Any) -> list[Any]:
            return [Mount("/", "ext4"), Mount(str(tmp_path), kind), Mount(str(tmp_path / "other"), "ext4")]

        assert kinds(machine.kind_of_disk(tmp_path / "data", mounts)) == ["disk_of_network"]
        assert kinds(machine.kind_of_disk(tmp_path / "other" / "data", mounts)) == ["disk_of_network"]
        (tmp_path / "other").mkdir()
        assert kinds(machine.kind_of_disk(tmp_path / "other" / "data", mounts)) == []


class TestMemory:
    def test_it_is_what_the_machine_has(self, tmp_path: Path) -> None:
        assert usable(tmp_path, tmp_path / "none").total == psutil.virtual_memory().total

    def test_it_is_no_more_than_the_tightest_limit_of_the_groups_around(self, tmp_path: Path) -> None:
        own, inner = tmp_path / "own", tmp_path / "groups" / "a" / "b"
        inner.mkdir(parents=True)
        own.write_text("0::/a/b\n")
        (inner / "memory.max").write_text("max\n")
        (inner.parent / "memory.max").write_text(f"{GIB // 2}\n")
        assert usable(tmp_path / "groups", own).total == GIB // 2

    @pytest.mark.parametrize(
        ("memory", "found"),
        [
            (Memory(GIB // 2, 0), ["memory_short"]),
            (Memory(GIB // 2, GIB), []),
            (Memory(GIB, 0), ["swap_missing"]),
            (Memory(GIB, GIB), []),
            (Memory(4 * GIB, 0), []),
        ],
    )
    def test_what_is_too_little(self, memory: Memory, found: list[str]) -> None:
        assert kinds(machine.memory_findings(memory)) == found


def test_few_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
        assert kinds(machine.open_files()) == ["files_few"]
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        assert kinds(machine.open_files()) == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_port_that_somebody_has() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        (finding,) = machine.port("127.0.0.1", number)
        assert (finding.kind, finding.data["port"]) == ("port_unusable", str(number))
    assert kinds(machine.port("127.0.0.1", number)) == []


def test_a_web_app_that_was_not_built(tmp_path: Path) -> None:
    assert kinds(machine.web_app(tmp_path)) == ["web_not_built"]
    (tmp_path / "index.html").touch()
    assert kinds(machine.web_app(tmp_path)) == []
