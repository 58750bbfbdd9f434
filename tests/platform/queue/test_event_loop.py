"""The event loop of a worker process."""

import os
import subprocess
import sys

import pytest

_PROCESS = """
import time
from bunri.platform.queue.celery import EventLoopThread

async def work():
    raise {error}

loop = EventLoopThread()
loop.start()
loop.spawn(work())
time.sleep({seconds})
print("lives")
"""


@pytest.mark.parametrize(("error", "seconds", "code"), [("MemoryError", 60, os.EX_OSERR), ("OSError", 0.5, 0)])
def test_work_that_runs_out_of_memory_ends_the_process_and_no_other_failure_does(
    error: str, seconds: float, code: int
) -> None:
    program = _PROCESS.format(error=error, seconds=seconds)
    ended = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, timeout=60, check=False)
    assert (ended.returncode, b"lives" in ended.stdout) == (code, code == 0)
