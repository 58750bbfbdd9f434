"""Scheduled tasks that are started by a worker beside its own work."""

import signal
import subprocess
import sys

from tests.support.platform import environment

from bunri.app.settings import Settings

BROKEN = """
import time
from bunri.app import beat
from bunri.app.settings import Settings

class Broken(beat.Service):
    def start(self):
        raise RuntimeError("no schedule")

beat.Service = Broken
beat.beat_beside(Settings())
time.sleep(60)
"""


def test_a_process_that_can_no_longer_start_them_ends_so_that_another_takes_its_place(settings: Settings) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BROKEN],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ended.returncode == -signal.SIGTERM
    assert "no schedule" in ended.stdout + ended.stderr
