"""The cores that a process may use."""

import os
from pathlib import Path

import pytest

from bunri.platform.vision import settings
from bunri.platform.vision.cores import cores
from bunri.platform.vision.settings import VisionSettings

ALL = len(os.sched_getaffinity(0))


def quota(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.max").write_text(text)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """In group /a/b of version 2."""
    file = tmp_path / "cgroup"
    file.write_text("0::/a/b\n")
    return file


class TestCores:
    def test_are_those_of_the_affinity_mask_without_a_quota(self, tmp_path: Path, own: Path) -> None:
        assert cores(tmp_path / "nowhere", tmp_path / "nobody") == ALL
        quota(tmp_path / "a", "max 100000\n")
        assert cores(tmp_path, own) == ALL

    def test_a_part_of_a_core_is_one(self, tmp_path: Path, own: Path) -> None:
        quota(tmp_path / "a/b", "20000 100000\n")
        assert cores(tmp_path, own) == 1

    def test_a_quota_around_ours_binds_too(self, tmp_path: Path, own: Path) -> None:
        quota(tmp_path / "a/b", "99000000 100000\n")
        quota(tmp_path / "a", "100000 100000\n")
        assert cores(tmp_path, own) == 1

    def test_in_a_container_the_root_is_ours(self, tmp_path: Path) -> None:
        (tmp_path / "cgroup").write_text("0::/\n")
        quota(tmp_path, "150000 100000\n")
        assert cores(tmp_path, tmp_path / "cgroup") == 1

    def test_version_1(self, tmp_path: Path) -> None:
        (tmp_path / "cgroup").write_text("4:memory:/x\n3:cpu,cpuacct:/job\n")
        folder = tmp_path / "cpu/job"
        folder.mkdir(parents=True)
        (folder / "cpu.cfs_quota_us").write_text("-1\n")
        (folder / "cpu.cfs_period_us").write_text("100000\n")
        assert cores(tmp_path, tmp_path / "cgroup") == ALL
        (folder / "cpu.cfs_quota_us").write_text("100000\n")
        assert cores(tmp_path, tmp_path / "cgroup") == 1

    @pytest.mark.parametrize("junk", ["", "much", "1", "100000 0", "1 2 3"])
    def test_what_makes_no_sense_binds_nobody(self, tmp_path: Path, own: Path, junk: str) -> None:
        quota(tmp_path / "a/b", junk)
        assert cores(tmp_path, own) == ALL


class TestThreads:
    @pytest.mark.parametrize(
        ("here", "workers", "expected"), [(8, 1, 8), (8, 2, 4), (8, 3, 2), (2, 4, 1), (1, 1, 1), (200, 1, 64)]
    )
    def test_share_the_cores(self, monkeypatch: pytest.MonkeyPatch, here: int, workers: int, expected: int) -> None:
        monkeypatch.setattr(settings, "cores", lambda: here)
        assert VisionSettings(workers=workers).threads_each == expected

    def test_may_be_set(self) -> None:
        assert VisionSettings(workers=2, threads=3).threads_each == 3
