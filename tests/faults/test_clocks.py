"""The wall clock is set back by an hour while beat works."""

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
import redis
from tests.support import processes

from bunri.platform.embedded.servers import EmbeddedServers

COMPILER: Final = shutil.which("cc")

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
