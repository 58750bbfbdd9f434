"""The wall clock of beat and of the workers is set back by an hour while they work, and a worker is killed."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
import redis
from tests.conftest import OwnSettings
from tests.support import processes
from tests.support.client import Person
from tests.support.pictures import new_photo
from tests.support.platform import Platform, environment, running

from bunri.app.settings import Settings
from bunri.platform.embedded.servers import EmbeddedServers

COMPILER: Final = shutil.which("cc")
QUICK: Final = {
    "BUNRI_WASTE__LEASE": "PT2S",
    "BUNRI_WASTE__QUEUE_PATIENCE": "PT5S",
    "BUNRI_WASTE__EXPLAIN_LEASE": "PT5S",
}

pytestmark = pytest.mark.skipif(
    not COMPILER, reason="no C compiler: the clock of a process is set by a library of our own"
)


class WallClock:
    """Of the processes that have its ``environment``; their monotonic clock is the machine's (clock.c)."""

    def __init__(self, folder: Path) -> None:
        self._file, self._library = folder / "offset", folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        subprocess.run([str(COMPILER), "-shared", "-fPIC", "-O2", "-o", self._library, source], check=True, timeout=60)
        self.set()

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET": str(self._file)}

    def set(self, *, hours: int = 0) -> None:
        """From now on it is so many hours ahead."""
        draft = self._file.with_suffix(".new")
        draft.write_text(str(hours * 3600))
        draft.replace(self._file)


class TestBeat:
    @pytest.fixture
    def broker(self, tmp_path: Path) -> Iterator[str]:
        servers = EmbeddedServers(tmp_path / "data", postgres=False, what="pytest")
        yield f"{servers.start().valkey_url}"
        servers.stop()

    @pytest.mark.timeout(180)
    def test_goes_on_when_its_clock_is_set_back(self, broker: str, tmp_path: Path) -> None:
        clock = WallClock(tmp_path)
        settings = {
            "BUNRI_DATA": str(tmp_path / "data"),
            "BUNRI_SECRET": "a secret for tests only, and long enough",
            "BUNRI_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
            "BUNRI_VALKEY_URL": broker,
        }
        beat = processes.start(
            [sys.executable, "-m", "bunri", "beat"],
            env={**os.environ, **settings, **clock.environment},
            log=tmp_path / "log",
        )
        with closing(redis.Redis.from_url(f"{broker}/4")) as client:
            try:
                _waits_for_messages(client)
                clock.set(hours=-1)
                for _ in range(2):
                    client.delete("default")
                    _waits_for_messages(client)
            finally:
                processes.stop(beat)


def _waits_for_messages(client: redis.Redis) -> None:
    deadline = time.monotonic() + 60
    while not client.llen("default"):
        assert time.monotonic() < deadline, "beat has fallen silent"
        time.sleep(0.1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def settings(own_settings: OwnSettings) -> Settings:
    """No other worker shall take these jobs."""
    return await own_settings()


@pytest.fixture(scope="module")
def platform(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    logs = tmp_path_factory.mktemp("logs")
    with running(settings, "single", logs, workers=False, **QUICK) as started:
        yield started


@pytest.mark.timeout(240)
def test_a_killed_workers_job_is_taken_up_though_the_clock_was_set_back(
    platform: Platform, settings: Settings, tmp_path: Path
) -> None:
    clock = WallClock(tmp_path)
    env = {**environment(settings, **QUICK), **clock.environment}
    platform.start("beat", ["beat"], env, tmp_path / "beat.log")
    platform.start("rest", ["work", "--queue", "recycling", "--queue", "default"], env, tmp_path / "rest.log")
    person, photo = Person.arrives(platform), new_photo()
    job = person.begins(photo)
    person.uploads(job, photo)
    assert person.completes(job, note="die:vision").status_code == 200
    mortal = processes.start(
        [sys.executable, "-m", "tests.faults.mortal", "waste", str(tmp_path)], env=env, log=tmp_path / "mortal.log"
    )
    assert mortal.wait(90) < 0  # it has killed itself with the photo in hand
    processes.REAPER.forget(mortal)
    clock.set(hours=-1)
    platform.start("see", ["work", "--queue", "waste"], env, tmp_path / "see.log")
    assert person.waits(job, within=120)["status"] in ("done", "asked")


@pytest.mark.timeout(120)
def test_the_clock_of_a_process_is_really_set(tmp_path: Path) -> None:
    """Or the test above would show nothing."""
    clock = WallClock(tmp_path)
    clock.set(hours=-1)
    said = tmp_path / "said"
    command = [sys.executable, "-c", f"import time; open({str(said)!r}, 'w').write(str(time.time()))"]
    process = processes.start(command, env={**os.environ, **clock.environment})
    assert process.wait(60) == 0
    processes.REAPER.forget(process)
    assert 3500 < time.time() - float(said.read_text()) < 3700
