"""Child processes that end when this process ends, however it ends.

There are two mechanisms, because neither is enough. Linux signals a child when the thread that started it dies
(PR_SET_PDEATHSIG): at once, but not its grandchildren, not on other systems, and too early for any thread but the main
one. A small shell reads a pipe that closes with this process: it works on every system and for whole process groups,
but it could be killed itself.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from bunri.platform.embedded.account import Account

_PR_SET_PDEATHSIG: Final = 1

# Reads "+ SIGNAL GROUP" and "- GROUP"; at the end of its input it signals all groups, waits, and kills what is left.
_WATCH: Final = """
groups=""
while read -r sign first second; do
  case $sign in
    +) groups="$groups $first:$second" ;;
    -) rest=""; for pair in $groups; do [ "${pair#*:}" = "$first" ] || rest="$rest $pair"; done; groups=$rest ;;
  esac
done
for pair in $groups; do kill -s "${pair%%:*}" -- "-${pair#*:}" 2>/dev/null; done
turn=0
while [ $turn -lt 50 ]; do
  turn=$((turn + 1))
  alive=""
  for pair in $groups; do kill -s 0 -- "-${pair#*:}" 2>/dev/null && alive=yes; done
  [ -n "$alive" ] || exit 0
  sleep 0.1
done
for pair in $groups; do kill -s KILL -- "-${pair#*:}" 2>/dev/null; done
"""


class ChildReaper:
    """Starts children, each in a session of its own, and makes sure that they die with this process."""

    def __init__(self) -> None:
        self._watch: subprocess.Popen[bytes] | None = None

    def spawn(
        self,
        command: Sequence[str],
        *,
        death_signal: signal.Signals,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        output: int | IO[bytes],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: Account | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a child whose process group gets ``death_signal`` when this process ends before it.

        ``output`` takes its stdout and stderr. Raises OSError when the program cannot be started.
        """
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=_die_with_parent(os.getpid(), death_signal),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        self._send(f"+ {death_signal.name.removeprefix('SIG')} {process.pid}")
        return process

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        """Stop watching a child that has ended, and kill what it left behind in its group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._send(f"- {process.pid}")

    def close(self) -> None:
        """End the watching shell. Children that were not forgotten get their ``death_signal``."""
        if self._watch and self._watch.stdin:
            self._watch.stdin.close()
            self._watch.wait()
            self._watch = None

    def _send(self, line: str) -> None:
        if self._watch is None:
            self._watch = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", _WATCH],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        assert self._watch.stdin  # noqa: S101
        with suppress(BrokenPipeError):
            self._watch.stdin.write(f"{line}\n".encode())
            self._watch.stdin.flush()


def _die_with_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs between fork and exec, after its change of account (which would clear the setting)."""
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return set_death_signal
