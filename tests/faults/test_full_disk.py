"""Disks that are too small, or full: real ones of memory, which only root may mount."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from tests.faults.test_up import QUICK, Up, _eventually
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import free_port

from bunri.platform.embedded.servers import ROOM_FOR_NEW_MB


@contextmanager
def disk(where: Path, size_mb: int) -> Iterator[Path]:
    where.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", where], check=False)
    if mounted.returncode != 0:
        pytest.skip("disks cannot be mounted here")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", where], check=True)


def fill(disk: Path, *, but_mb: int = 0) -> Path:
    """A file that takes all room, or all but so much."""
    taken = disk / "filler"
    with taken.open("wb") as file:
        while (free := _free(disk) - but_mb * 2**20) > 0:
            with suppress(OSError):  # the servers have written meanwhile
                os.posix_fallocate(file.fileno(), 0, free)
                break
    return taken


def _free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


@pytest.mark.timeout(300)
def test_a_disk_that_is_too_small_is_told_at_once_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")} | QUICK
    with disk(tmp_path / "disk", 60) as small:
        data = small / "data"
        command = [sys.executable, "-m", "bunri", "up", "--data", str(data), "--port", str(free_port())]
        told = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert told.returncode == 1
        said = " ".join(told.stderr.split())
        assert f"needs {ROOM_FOR_NEW_MB} MB, 60 MB are free" in said
        assert "--data" in said
        assert not data.exists()

        subprocess.run(["mount", "-o", "remount,size=400m", small], check=True)
        up = Up(data)
        try:
            assert up.first_line.startswith("ready")
        finally:
            stop(up)


@pytest.mark.timeout(300)
def test_a_disk_that_fills_up_stops_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", 400) as small:
        up = Up(small / "data")
        try:
            person = Person.arrives(up.platform, language="en")
            photo = new_photo()
            old = person.begins(photo)
            assert person.uploads(old, photo).is_success
            person.completes(old, note="milk carton")
            answer = person.waits(old, within=60)
            assert answer["status"] in ("done", "asked")
            waiting = person.begins(photo)

            for left_mb in (20, 0):  # what is left first belongs to the database
                filler = fill(small, but_mb=left_mb)
                refused(person.uploads(waiting, photo))
                time.sleep(1.1)  # who only announces a photo is told of the room there was within the last second
                refused(person.ask("POST", "/api/v1/waste/analyze", json={"content_type": "image/jpeg", "size": 9}))
                assert person.status(old)["result"]["items"] == answer["result"]["items"]
                assert person.ask("GET", "/api/v1/waste/jobs").status_code == 200
                words = up.platform.http.get(up.platform.url("/api/v1/recycling/search"), params={"q": "milk carton"})
                assert words.status_code == 200
                assert words.json()
                filler.unlink()

            _eventually(up.ready)
            assert person.uploads(waiting, photo).is_success
            assert person.completes(waiting, note="milk carton").status_code == 200
            assert person.waits(waiting, within=60)["status"] in ("done", "asked")
        finally:
            stop(up)


def refused(response: httpx.Response) -> None:
    assert response.status_code == 507, response.text
    problem = response.json()
    assert (problem["code"], problem["title"]) == ("storage_full", "Insufficient Storage")
    assert "full" in problem["detail"] or "가득" in problem["detail"]


def stop(up: Up) -> None:
    up.platform.http.close()
    up.process.terminate()
    up.process.wait(30)
    assert up.process.stdout is not None
    up.process.stdout.close()
