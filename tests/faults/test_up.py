"""``bunri up`` as a person starts it, and what happens when its parts are killed under load."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tests.conftest import SHARED
from tests.support import processes
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import Platform, free_port

from bunri.app.registry import REGISTRY
from bunri.platform.telemetry.exposition import SHARED_IN, shared_counts

QUICK = {
    "BUNRI_WASTE__LEASE": "PT2S",
    "BUNRI_WASTE__QUEUE_PATIENCE": "PT3S",
    "BUNRI_WASTE__EXPLAIN_LEASE": "PT3S",
    "BUNRI_VISION__FETCH": "false",
}


class Up:
    """One ``bunri up`` on a data directory of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        clean = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")}
        models = {"BUNRI_MODELS_DIR": str(SHARED / "models")} if SHARED.is_dir() else {}
        self.env = {**clean, **QUICK, **models}
        self.process = self.command("up", "--data", str(data), "--port", str(self.port))
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline().decode().strip()
        base = f"http://127.0.0.1:{self.port}"
        self.platform = Platform({prefix: base for one in REGISTRY.targets for prefix in one.prefixes})

    def command(self, *arguments: str) -> "subprocess.Popen[bytes]":
        command, log = [sys.executable, "-m", "bunri", *arguments], self.data.parent / "up.log"
        return processes.start(command, env=self.env, log=log, stdout=True)

    @property
    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, wanted: Callable[[list[str]], bool]) -> psutil.Process:
        for process in self.family:
            try:
                if wanted(process.cmdline()):
                    return process
            except psutil.NoSuchProcess:
                continue
        raise AssertionError([process.cmdline() for process in self.family])

    def ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/ready", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    started = Up(tmp_path_factory.mktemp("up") / "data")
    yield started
    started.platform.http.close()
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(20)
    assert started.process.stdout is not None
    started.process.stdout.close()


def _eventually(what: Callable[[], bool], within: float = 60) -> None:
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _program(name: str) -> Callable[[list[str]], bool]:
    return lambda command: bool(command) and Path(command[0]).name == name


def _bunri(*words: str) -> Callable[[list[str]], bool]:
    return lambda command: command[1:3] == ["-m", "bunri"] and set(words) <= set(command)


class TestStart:
    def test_it_says_where_it_is_ready(self, up: Up) -> None:
        assert up.first_line == f"ready http://127.0.0.1:{up.port}"
        assert up.ready()

    def test_a_second_one_on_the_same_directory_says_who_holds_it(self, up: Up) -> None:
        clean = {**up.env, "BUNRI_LOG_LEVEL": "WARNING"}
        second = subprocess.run(
            [sys.executable, "-m", "bunri", "up", "--data", str(up.data), "--port", str(free_port())],
            env=clean,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert str(up.process.pid) in second.stderr
        assert (
            b"bunri_" in httpx.get(f"http://127.0.0.1:{up.port}/metrics", timeout=10).content
        )  # nothing is taken away

    def test_a_taken_port_is_told_before_anything_is_started(self, up: Up, tmp_path: Path) -> None:
        second = subprocess.run(
            [sys.executable, "-m", "bunri", "up", "--data", str(tmp_path / "data"), "--port", str(up.port)],
            env=up.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert str(up.port) in second.stderr
        assert "--port" in second.stderr
        assert not (tmp_path / "data").exists()

    def test_the_terminal_works_on_the_same_servers(self, up: Up, tmp_path: Path) -> None:
        photo = tmp_path / "photo.jpg"
        photo.write_bytes(new_photo())
        run = subprocess.run(
            [sys.executable, "-m", "bunri", "analyze", str(photo), "--json", "--data", str(up.data)],
            env=up.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout)["status"] in ("done", "asked")

    def test_its_secrets_are_its_owners_alone(self, up: Up) -> None:
        secrets = [file for file in (up.data / "secrets").iterdir() if file.is_file()]
        assert secrets
        assert {file.stat().st_mode & 0o077 for file in secrets} == {0}


class TestKilledParts:
    @pytest.mark.parametrize(
        ("part", "wanted"),
        [
            ("postgres", _program("postgres")),
            ("valkey", _program("valkey-server")),
            ("the worker that looks", _bunri("work", "waste")),
            ("the worker that advises and starts what is scheduled", _bunri("work", "--beat")),
        ],
    )
    @pytest.mark.timeout(200)
    def test_every_job_ends_though_a_part_is_killed(
        self, up: Up, part: str, wanted: Callable[[list[str]], bool]
    ) -> None:
        person = Person.arrives(up.platform)
        photos = [new_photo() for _ in range(6)]
        jobs = [person.begins(photo) for photo in photos]
        for job, photo in zip(jobs, photos, strict=True):
            person.uploads(job, photo)
            assert person.completes(job).status_code == 200
        up.child(wanted).kill()
        _eventually(up.ready, within=120)
        assert {person.waits(job, within=120)["status"] for job in jobs} <= {"done", "asked"}

    def test_the_api_comes_back(self, up: Up) -> None:
        up.child(_bunri("serve")).kill()
        _eventually(lambda: not up.ready())
        _eventually(up.ready)


class TestEnd:
    def test_told_to_stop_it_takes_everything_down(self, up: Up) -> None:
        family = up.family
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(30) == 0
        assert [process for process in family if process.is_running()] == []

    def test_killed_it_leaves_nobody_behind_and_starts_again(self, up: Up) -> None:
        again = Up(up.data)
        try:
            assert again.first_line.startswith("ready ")
            family = again.family
            assert len(family) > 5
            again.process.kill()
            again.process.wait(10)
            _eventually(lambda: not any(process.is_running() for process in family), within=30)
            with shared_counts(up.data) as counting:  # as the next start does, which takes the folder away at its end
                folder = Path(counting[SHARED_IN])
                assert list(folder.iterdir()) == []
            assert not folder.exists()
        finally:
            again.platform.http.close()
            assert again.process.stdout is not None
            again.process.stdout.close()
