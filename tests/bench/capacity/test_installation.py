from pathlib import Path

import pytest
from bench.capacity.installation import PROJECT, URL, looking_of

from bench.capacity import installation

METRICS = """\
# HELP bunri_task_seconds Time that a task took, whatever its end.
# TYPE bunri_task_seconds histogram
bunri_task_seconds_bucket{le="0.25",task="waste.see"} 3.0
bunri_task_seconds_sum{task="waste.see"} 1.25
bunri_task_seconds_count{task="waste.see"} 5.0
bunri_task_seconds_sum{task="waste.finish"} 9.0
bunri_task_seconds_count{task="waste.finish"} 5.0
"""


class TestLooking:
    def test_only_photos_count(self) -> None:
        assert looking_of(METRICS) == (1.25, 5.0)

    def test_before_the_first_photo_there_is_nothing(self) -> None:
        assert looking_of("") == (0, 0)


def docker(folder: Path, says: str) -> None:
    """A program of that name that says so and nothing else."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)


class TestCompose:
    @pytest.fixture(autouse=True)
    def _named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(URL, "http://127.0.0.1:1")
        monkeypatch.setenv(PROJECT, "elsewhere")
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def test_where_nothing_runs_the_project_is_named(self, tmp_path: Path) -> None:
        docker(tmp_path, "exit 0")
        with pytest.raises(RuntimeError, match="'elsewhere' runs here"), installation.installation(1):
            pass

    def test_what_docker_says_is_passed_on(self, tmp_path: Path) -> None:
        docker(tmp_path, "echo permission denied >&2; exit 1")
        with pytest.raises(RuntimeError, match="docker ps: permission denied"), installation.installation(1):
            pass
