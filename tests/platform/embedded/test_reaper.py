import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.platform.embedded.processes import gone, running

from bunri.platform.embedded.reaper import ChildReaper

# The child makes a grandchild; both ignore the polite signals when told to. A murderous child says who it is first,
# for it may be ended as soon as it has killed its owner.
_OWNER = """
import signal, subprocess, sys, threading, time
from bunri.platform.embedded.reaper import ChildReaper
deaf = sys.argv[1] == "deaf"
child = [sys.executable, "-c", "import os, signal, subprocess, sys, time\\n"
    "if sys.argv[1] == 'deaf': signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
    "grandchild = subprocess.Popen(['sleep', '600'])\\n"
    "print(os.getpid(), grandchild.pid, flush=True)\\n"
    "time.sleep(600)", sys.argv[1]]
if sys.argv[1] == "murderous":
    child = ["sh", "-c", "echo $$; kill -KILL $PPID; sleep 600"]
reaper = ChildReaper()
start = lambda: reaper.spawn(child, death_signal=signal.SIGTERM, output=sys.stdout)
if sys.argv[2] == "thread":
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
else:
    start()
time.sleep(600)
"""


class TestChildren:
    @pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
    @pytest.mark.parametrize("where", ["main", "thread"])
    def test_end_with_their_owner_grandchildren_too(self, end: signal.Signals, where: str) -> None:
        pids = self._family_of(end, "polite", where)
        assert gone(pids)

    def test_that_ignore_the_signal_are_killed(self) -> None:
        pids = self._family_of(signal.SIGKILL, "deaf", "main")
        assert gone(pids)

    def test_that_kill_their_owner_before_it_knows_them(self) -> None:
        owner = [sys.executable, "-c", _OWNER, "murderous", "thread"]
        with subprocess.Popen(owner, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout
            pid = int(process.stdout.readline())
        assert gone([pid])

    @staticmethod
    def _family_of(end: signal.Signals, manner: str, where: str) -> list[int]:
        command = [sys.executable, "-c", _OWNER, manner, where]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as owner:
            assert owner.stdout
            pids = [int(word) for word in owner.stdout.readline().split()]
            assert len(pids) == 2
            assert all(running(pid) for pid in pids)
            owner.send_signal(end)
            owner.wait()
        return pids


class TestForget:
    def test_kills_what_an_ended_child_left_behind_and_spares_the_others(self, tmp_path: Path) -> None:
        reaper = ChildReaper()
        with (tmp_path / "out").open("w+b") as output:
            leaver = reaper.spawn(["sh", "-c", "sleep 600 & echo $!"], death_signal=signal.SIGTERM, output=output)
            stayer = reaper.spawn(["sleep", "600"], death_signal=signal.SIGTERM, output=output)
            leaver.wait()
            left = int((tmp_path / "out").read_text())
            assert running(left)
            reaper.forget(leaver)
            assert gone([left])
            assert running(stayer.pid)
            stayer.kill()
            stayer.wait()
            reaper.forget(stayer)
            reaper.close()

    def test_a_watch_that_was_killed_is_replaced(self) -> None:
        reaper = ChildReaper()
        first = reaper.spawn(["sleep", "600"], death_signal=signal.SIGTERM, output=subprocess.DEVNULL)
        assert reaper._watch
        reaper._watch.kill()
        reaper._watch.wait()
        second = reaper.spawn(["sleep", "600"], death_signal=signal.SIGTERM, output=subprocess.DEVNULL)
        reaper.close()
        assert second.wait() == -signal.SIGTERM
        first.kill()
        first.wait()

    def test_a_program_that_is_not_there_is_an_error(self) -> None:
        reaper = ChildReaper()
        with pytest.raises(FileNotFoundError):
            reaper.spawn(["/no/such/program"], death_signal=signal.SIGTERM, output=subprocess.DEVNULL)
        reaper.close()

    def test_children_do_not_see_the_signals_of_the_terminal(self) -> None:
        reaper = ChildReaper()
        child = reaper.spawn(["sleep", "600"], death_signal=signal.SIGKILL, output=subprocess.DEVNULL)
        assert os.getsid(child.pid) == child.pid != os.getsid(0)
        child.kill()
        child.wait()
        reaper.forget(child)
        reaper.close()
