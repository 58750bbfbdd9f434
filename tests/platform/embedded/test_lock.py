import fcntl
import os
from pathlib import Path

import pytest

from bunri.platform.embedded.errors import DataDirectoryInUse, DataDirectoryUnusable
from bunri.platform.embedded.lock import DataLock, Holder, holder


class TestDataLock:
    def test_has_one_holder_who_is_named(self, tmp_path: Path) -> None:
        first, second = DataLock(tmp_path), DataLock(tmp_path)
        first.acquire("bunri up")
        with pytest.raises(DataDirectoryInUse) as refusal:
            second.acquire("bunri analyze")
        assert refusal.value.data == {"directory": str(tmp_path), "pid": os.getpid(), "what": "bunri up"}
        first.release()
        second.acquire("bunri analyze")
        assert holder(tmp_path) == Holder(os.getpid(), "bunri analyze")
        second.release()
        assert holder(tmp_path) is None

    def test_waits_for_the_servers_of_a_dead_holder(self, tmp_path: Path) -> None:
        inherited = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
        fcntl.flock(inherited, fcntl.LOCK_EX)
        with pytest.raises(DataDirectoryInUse):
            DataLock(tmp_path).acquire("bunri up", patience=0.1)
        assert holder(tmp_path) is None
        os.close(inherited)
        lock = DataLock(tmp_path)
        lock.acquire("bunri up", patience=0)
        assert lock.held
        lock.release()

    def test_garbage_in_the_file_blocks_nobody(self, tmp_path: Path) -> None:
        (tmp_path / "holder").write_bytes(b"\x00garbage")
        lock = DataLock(tmp_path)
        lock.acquire("bunri up")
        assert holder(tmp_path) == Holder(os.getpid(), "bunri up")
        lock.release()

    def test_a_directory_that_cannot_be_made_is_named_with_the_reason(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(DataDirectoryUnusable) as refusal:
            DataLock(tmp_path / "file" / "data").acquire("bunri up")
        assert refusal.value.data["reason"] == "Not a directory"
