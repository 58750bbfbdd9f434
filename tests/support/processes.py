"""Programs that tests start. They end with the test run, however it ends: also when it is killed."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bunri.platform.embedded.reaper import ChildReaper

REAPER: Final = ChildReaper()


def start(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, log: Path | None = None, stdout: bool = False
) -> subprocess.Popen[bytes]:
    """Starts a program. What it prints is added to ``log``; with ``stdout`` only its errors are, and what it says is
    read from the process."""
    errors = log or Path("/dev/null")
    if stdout:
        shell = ["/bin/sh", "-c", 'log=$0; exec "$@" 2>>"$log"', str(errors), *command]
        return REAPER.spawn(shell, death_signal=signal.SIGTERM, output=subprocess.PIPE, env=env)
    with errors.open("ab") as output:
        return REAPER.spawn(command, death_signal=signal.SIGTERM, output=output, env=env)


def stop(*processes: "subprocess.Popen[bytes]", within: float = 10) -> None:
    """Ends programs, and what they have left behind."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(within)
        REAPER.forget(process)
