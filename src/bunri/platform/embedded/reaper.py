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
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=_tied_to_parent(death_signal, self._pipe()),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        """Stop watching a child that has ended, and kill what it left behind in its group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            os.write(self._pipe(), f"- {process.pid}\n".encode())

    def close(self) -> None:
        """End the watching shell. Children that were not forgotten get their ``death_signal``."""
        if self._watch and self._watch.stdin:
            self._watch.stdin.close()
            self._watch.wait()
            self._watch = None

    def _pipe(self) -> int:
        """What the watching shell reads. One that was killed is replaced; its children keep their death signal."""
        if self._watch and self._watch.poll() is not None:
            self.close()
        if self._watch is None:
            self._watch = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", _WATCH],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
                bufsize=0,
            )
        assert self._watch.stdin  # noqa: S101
        return self._watch.stdin.fileno()


def _tied_to_parent(death_signal: signal.Signals, pipe: int) -> Callable[[], None]:
    """What a child runs between fork and exec, after its change of account (which would clear the death signal).

    The child itself tells the watching shell of its group: a parent that is killed right after the fork could not.
    """
    parent = os.getpid()
    name = death_signal.name.removeprefix("SIG")
    in_main_thread = threading.current_thread() is threading.main_thread()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" and in_main_thread else None

    def tie() -> None:
        with suppress(BrokenPipeError):
            os.write(pipe, f"+ {name} {os.getpid()}\n".encode())
        if prctl:
            prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie
