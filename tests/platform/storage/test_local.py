import contextlib
import os
import resource
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bunri.platform.storage import LocalStorage, StorageFull, StorageUnavailable, TicketExpired, WrongSize, open_storage
from bunri.platform.storage.signing import Grant

JPEG = "image/jpeg"
MEGABYTE = 2**20


class Clockwork:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65536


@contextlib.contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a disk that is really full takes a mount, which is root's right; CI runs it as root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


class TestMemory:
    async def test_of_half_an_upload_little_is_held(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, secret="s")
        unwritten: list[int] = []

        async def half() -> AsyncIterator[bytes]:
            for number in range(16):
                yield b"x" * 65536
                written = sum(draft.stat().st_size for draft in (tmp_path / ".coming").iterdir())
                unwritten.append((number + 1) * 65536 - written)

        with pytest.raises(WrongSize):
            await storage.receive(Grant("PUT", "a", 0, 2 * MEGABYTE, JPEG), JPEG, half())
        assert max(unwritten) <= 2 * 65536


class TestTickets:
    async def test_end_at_their_second(self, tmp_path: Path) -> None:
        clock = Clockwork()
        storage = LocalStorage(tmp_path, "secret", clock)
        ticket = await storage.ticket(
            "a", content_type=JPEG, size=5, expires_in=timedelta(minutes=5), base_url="http://h/"
        )
        url = urlsplit(ticket.url)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (url.netloc, url.path) == ("h", "/api/v1/objects/a")
        grant = Grant("PUT", "a", int(query["expires"]), int(query["size"]), query["type"])
        clock.time = ticket.expires_at - timedelta(seconds=1)
        storage.check_grant(grant, query["signature"])
        clock.time = ticket.expires_at
        with pytest.raises(TicketExpired):
            storage.check_grant(grant, query["signature"])


class TestFiles:
    async def test_are_plain_and_private(self, tmp_path: Path) -> None:
        storage = open_storage(tmp_path.joinpath("자료 실").as_uri(), secret="secret")
        await storage.write("kept/a.webp", b"picture", "image/webp")
        assert (tmp_path / "자료 실" / "kept" / "a.webp").read_bytes() == b"picture"
        assert (tmp_path / "자료 실" / "kept").stat().st_mode & 0o077 == 0

    async def test_of_uploads_that_go_on_are_dropped_at_the_granted_size(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, "secret")
        with pytest.raises(Exception, match="wrong_size"):
            await storage.receive(Grant("PUT", "a", 0, 3 * MEGABYTE, JPEG), JPEG, endless())
        assert files(tmp_path) == []

    async def test_that_a_crash_left_half_written_are_swept(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, "secret")
        half = tmp_path / ".coming" / "0123"
        half.parent.mkdir()
        half.write_bytes(b"half")
        os.utime(half, (0, 0))
        assert await storage.sweep(older_than=timedelta(days=30), prefix="uploads/") == 0
        assert files(tmp_path) == []

    async def test_of_a_folder_go_with_their_types(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, "secret", lambda: datetime.now(UTC) + timedelta(hours=2))
        assert await storage.sweep(older_than=timedelta(hours=1), prefix="uploads/") == 0
        await storage.write("uploads/a", b"photo", JPEG)
        await storage.write("kept/a.webp", b"picture", "image/webp")
        assert await storage.sweep(older_than=timedelta(hours=1), prefix="uploads/") == 1
        assert files(tmp_path) == [".types/kept/a.webp", "kept/a.webp"]

    async def test_that_may_come_no_more_are_forgotten_in_time(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, "secret", lambda: datetime.now(UTC) + timedelta(hours=2))
        await storage.close_tickets("uploads/a")
        assert await storage.sweep(older_than=timedelta(hours=3), prefix="uploads/") == 0
        assert files(tmp_path) == [".closed/uploads/a"]
        assert await storage.sweep(older_than=timedelta(hours=1), prefix="uploads/") == 0
        assert files(tmp_path) == []

    async def test_given_for_good_are_never_swept(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, "secret", lambda: datetime.now(UTC) + timedelta(days=365))
        for key in ("kept/a.webp", "examples/a.webp"):
            await storage.write(key, b"picture", "image/webp")
        assert await storage.sweep(older_than=timedelta(days=30), prefix="kept/") == 1
        assert files(tmp_path) == [".types/examples/a.webp", "examples/a.webp"]


class TestAFullDisk:
    async def test_is_said_and_leaves_no_half_file(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path, "secret")
        await storage.write("a", b"before", JPEG)
        with no_file_larger_than(MEGABYTE):
            with pytest.raises(StorageFull):
                await storage.write("a", b"x" * (2 * MEGABYTE), JPEG)
            with pytest.raises(StorageFull):
                await storage.receive(Grant("PUT", "a", 0, 3 * MEGABYTE, JPEG), JPEG, endless())
        assert files(tmp_path) == [".types/a", "a"]
        assert await storage.read("a", 100) == b"before"

    async def test_takes_photos_again_once_there_is_room(self, small_disk: Path) -> None:
        storage = LocalStorage(small_disk, "secret")
        await storage.write("a", b"x" * 600_000, JPEG)
        with pytest.raises(StorageFull):
            await storage.write("b", b"x" * 600_000, JPEG)
        assert files(small_disk) == [".types/a", "a"]
        await storage.delete("a")
        await storage.write("b", b"x" * 600_000, JPEG)
        assert await storage.read("b", MEGABYTE) == b"x" * 600_000


class TestADirectoryThatCannotBeUsed:
    async def test_fails_the_canary_with_the_reason(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StorageUnavailable, match="Not a directory"):
            await LocalStorage(tmp_path / "file", "secret").check()


class TestOpening:
    @pytest.mark.parametrize("url", ["/folder", "ftp://host/folder", ""])
    def test_something_else_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match="storage is"):
            open_storage(url, secret="secret")
