import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.platform.embedded.processes import gone, running

from bunri.platform.embedded.keeper import Keeper

# The child makes a grandchild; both ignore the polite signals when told to.
_OWNER = """
import signal, subprocess, sys, threading, time
from bunri.platform.embedded.keeper import Keeper
deaf = sys.argv[1] == "deaf"
child = [sys.executable, "-c", "import os, signal, subprocess, sys, time\\n"
    "if sys.argv[1] == 'deaf': signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
    "grandchild = subprocess.Popen(['sleep', '600'])\\n"
    "print(os.getpid(), grandchild.pid, flush=True)\\n"
    "time.sleep(600)", sys.argv[1]]
keeper = Keeper()
start = lambda: keeper.spawn(child, farewell=signal.SIGTERM, output=sys.stdout)
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
        keeper = Keeper()
        with (tmp_path / "out").open("w+b") as output:
            leaver = keeper.spawn(["sh", "-c", "sleep 600 & echo $!"], farewell=signal.SIGTERM, output=output)
            stayer = keeper.spawn(["sleep", "600"], farewell=signal.SIGTERM, output=output)
            leaver.wait()
            left = int((tmp_path / "out").read_text())
            assert running(left)
            keeper.forget(leaver)
            assert gone([left])
            assert running(stayer.pid)
            stayer.kill()
            stayer.wait()
            keeper.forget(stayer)
            keeper.close()

    def test_a_program_that_is_not_there_is_an_error(self) -> None:
        with pytest.raises(FileNotFoundError):
            Keeper().spawn(["/no/such/program"], farewell=signal.SIGTERM, output=subprocess.DEVNULL)

    def test_children_do_not_see_the_signals_of_the_terminal(self) -> None:
        keeper = Keeper()
        child = keeper.spawn(["sleep", "600"], farewell=signal.SIGKILL, output=subprocess.DEVNULL)
        assert os.getsid(child.pid) == child.pid != os.getsid(0)
        child.kill()
        child.wait()
        keeper.forget(child)
        keeper.close()
