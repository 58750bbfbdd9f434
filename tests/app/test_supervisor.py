"""``bunri up``'s supervisor with small programs for children."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from tests.platform.embedded.processes import family, gone, open_place, running

from bunri.app.supervisor import _Backoff

# Runs the supervisor that a file describes, as another user when told to.
_SUPERVISE = """
import encodings.idna, json, os, sys
from pathlib import Path
from bunri.app.supervisor import Child, Supervisor
from bunri.platform.embedded import EmbeddedServers
plan = json.loads(Path(sys.argv[1]).read_text())
if plan["user"]:
    os.setgroups([])
    os.setgid(plan["user"])
    os.setuid(plan["user"])
children = [Child(name, command, dict(os.environ)) for name, command in plan["children"].items()]
servers = EmbeddedServers(Path(plan["data"])) if plan["data"] else None
sys.exit(Supervisor(children, servers=servers, ready_url=plan["ready"], announce=lambda line: print(line, flush=True),
                    stop_within=plan["stop_within"]).run())
"""

# Answers 200 to everything.
WEB = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200); self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

SLEEP = ["sleep", "600"]
DEAF = ["/bin/sh", "-c", "trap '' TERM; echo deaf >&2; while :; do sleep 1; done"]
FAMILY = ["/bin/sh", "-c", "sleep 600 & sleep 600 & wait"]


@dataclass(frozen=True)
class RunningSupervisor:
    """A supervisor in a process of its own."""

    process: subprocess.Popen[str]
    said: Path

    def ready(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def everything(self) -> list[int]:
        return family(self.process.pid)

    def child(self, command: list[str]) -> psutil.Process:
        """The child that runs ``command``, as soon as there is one."""
        while True:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if process.cmdline() == command:
                        return process
            time.sleep(0.02)

    def server(self, name: str, other_than: psutil.Process | None = None) -> psutil.Process:
        """The embedded server's main process, as soon as there is one."""
        while True:
            for process in psutil.Process(self.process.pid).children():
                with suppress(psutil.NoSuchProcess):
                    if process != other_than and process.name() == name:
                        return process
            time.sleep(0.02)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait()


Supervise = Callable[..., RunningSupervisor]


@pytest.fixture
def web() -> tuple[list[str], str]:
    """A child that gets ready, and where."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return [sys.executable, "-c", WEB, str(port)], f"http://127.0.0.1:{port}/ready"


@pytest.fixture
def place() -> Iterator[Path]:
    with open_place() as folder:
        yield folder


@pytest.fixture
def supervise(place: Path) -> Iterator[Supervise]:
    supervisors: list[RunningSupervisor] = []

    def start(
        ready: str,
        *,
        data: Path | None = None,
        user: int = 0,
        stop_within: float = 10.0,
        stderr: Path | None = None,
        **children: list[str],
    ) -> RunningSupervisor:
        plan = place / f"plan-{len(supervisors)}.json"
        settings = {"ready": ready, "data": str(data or ""), "user": user, "stop_within": stop_within}
        plan.write_text(json.dumps(settings | {"children": children}))
        said = stderr or plan.with_suffix(".stderr")
        with said.open("w") as output:
            command = [sys.executable, "-c", _SUPERVISE, str(plan)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, text=True)
        supervisors.append(RunningSupervisor(process, said))
        return supervisors[-1]

    yield start
    for supervisor in supervisors:
        supervisor.process.kill()
        supervisor.process.communicate()


class TestReady:
    def test_is_said_once_the_url_answers(self, supervise: Supervise, web: tuple[list[str], str]) -> None:
        command, url = web
        supervisor = supervise(url, api=["/bin/sh", "-c", f"sleep 1; exec {sys.executable} -c '{WEB}' {command[-1]}"])
        assert supervisor.ready() == f"ready {url.removesuffix('/ready')}"
        assert supervisor.end() == 0
        assert supervisor.process.stdout
        assert supervisor.process.stdout.read() == ""

    def test_of_another_program_at_that_address_is_not_ours(
        self, supervise: Supervise, web: tuple[list[str], str]
    ) -> None:
        command, url = web
        first = supervise(url, api=command)
        first.ready()
        second = supervise(url, api=command)
        assert second.process.wait() == 1
        assert "Another program" in second.said.read_text()
        assert first.process.poll() is None


class TestAChildThatDies:
    def test_is_started_again(self, supervise: Supervise, web: tuple[list[str], str]) -> None:
        command, url = web
        supervisor = supervise(url, api=command, worker=SLEEP)
        supervisor.ready()
        for _ in range(2):
            worker = supervisor.child(SLEEP)
            worker.kill()
            assert gone([worker.pid])
        assert running(supervisor.child(SLEEP).pid)
        assert "worker has ended (SIGKILL)" in supervisor.said.read_text()
        assert supervisor.end() == 0

    def test_takes_its_own_children_along(self, supervise: Supervise, web: tuple[list[str], str]) -> None:
        command, url = web
        supervisor = supervise(url, api=command, worker=FAMILY)
        supervisor.ready()
        worker = supervisor.child(FAMILY)
        while len(below := worker.children()) < 2:
            time.sleep(0.02)
        worker.kill()
        assert gone([process.pid for process in below])

    def test_again_and_again_at_the_start_ends_everything_with_its_last_words(
        self, supervise: Supervise, web: tuple[list[str], str]
    ) -> None:
        _, url = web
        supervisor = supervise(url, worker=SLEEP, api=["/bin/sh", "-c", "echo the port is cursed >&2; exit 3"])
        worker = supervisor.child(SLEEP)
        assert supervisor.process.wait() == 1
        said = supervisor.said.read_text()
        assert "api has ended 3 times before everything was ready" in said
        assert said.rstrip().endswith("the port is cursed")
        assert not running(worker.pid)

    def test_waits_longer_each_time_up_to_a_limit(self) -> None:
        backoff = _Backoff()
        assert [backoff.record_exit() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
        assert backoff.waiting
        assert not backoff.due
        backoff.record_start()
        assert not backoff.waiting


def _finishes(place: Path) -> list[str]:
    """A child that, told to stop, takes a second to hand back what it has."""
    return ["/bin/sh", "-c", f"trap 'sleep 1; echo handed back > {place}/task; exit' TERM; sleep 600 & wait"]


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_ends_all_and_well(self, supervise: Supervise, web: tuple[list[str], str], number: signal.Signals) -> None:
        command, url = web
        supervisor = supervise(url, api=command, worker=FAMILY)
        supervisor.ready()
        everything = supervisor.everything()
        assert supervisor.end(number) == 0
        assert gone(everything)

    def test_is_not_hindered_by_a_terminal_that_is_gone(
        self, supervise: Supervise, web: tuple[list[str], str], place: Path
    ) -> None:
        command, url = web
        chatty = ["/bin/sh", "-c", "while :; do echo still here; sleep 0.1; done"]
        supervisor = supervise(url, stderr=Path("/dev/full"), data=place / "data", api=command, worker=chatty)
        supervisor.ready()
        everything = supervisor.everything()
        assert supervisor.end(signal.SIGHUP) == 0
        assert gone(everything)

    def test_waits_for_what_a_child_has_in_hand(
        self, supervise: Supervise, web: tuple[list[str], str], place: Path
    ) -> None:
        command, url = web
        supervisor = supervise(url, api=command, worker=_finishes(place))
        supervisor.ready()
        assert supervisor.end() == 0
        assert (place / "task").read_text() == "handed back\n"

    def test_asked_twice_at_once_is_asked_once(
        self, supervise: Supervise, web: tuple[list[str], str], place: Path
    ) -> None:
        command, url = web
        supervisor = supervise(url, api=command, worker=_finishes(place))
        supervisor.ready()
        supervisor.process.terminate()
        time.sleep(0.1)  # Python joins signals that come together: this one is to come as a second
        assert supervisor.end() == 0
        assert (place / "task").read_text() == "handed back\n"
        assert "killed" not in supervisor.said.read_text()

    def test_asked_again_waits_no_longer(self, supervise: Supervise, web: tuple[list[str], str]) -> None:
        command, url = web
        supervisor = supervise(url, stop_within=600.0, api=command, worker=DEAF)
        supervisor.ready()
        while "deaf" not in supervisor.said.read_text():
            time.sleep(0.02)
        supervisor.process.terminate()
        time.sleep(1.2)
        assert supervisor.end(signal.SIGINT) == 0
        assert "worker did not stop in time and was killed" in supervisor.said.read_text()

    def test_kills_who_does_not_listen(self, supervise: Supervise, web: tuple[list[str], str]) -> None:
        command, url = web
        supervisor = supervise(url, stop_within=4.0, api=command, worker=DEAF)
        supervisor.ready()
        while "deaf" not in supervisor.said.read_text():
            time.sleep(0.02)
        everything = supervisor.everything()
        assert supervisor.end() == 0
        assert gone(everything)
        assert "worker did not stop in time and was killed" in supervisor.said.read_text()


class TestTheEndOfTheSupervisor:
    # As root, as in CI, both run: with children of our own account, and with children of another.
    @pytest.mark.parametrize("user", [0, 65534] if os.geteuid() == 0 else [0])
    def test_by_sigkill_leaves_nothing_running(
        self, supervise: Supervise, web: tuple[list[str], str], place: Path, user: int
    ) -> None:
        command, url = web
        os.chown(place, user or os.getuid(), -1)
        if user:  # the interpreter may live where that user cannot go
            supervisor = supervise(url, data=place / "data", user=user, api=SLEEP, worker=FAMILY, deaf=DEAF)
            supervisor.child(SLEEP)
        else:
            supervisor = supervise(url, data=place / "data", api=command, worker=FAMILY, deaf=DEAF)
            supervisor.ready()
        while "deaf" not in supervisor.said.read_text():
            time.sleep(0.02)
        everything = supervisor.everything()
        names = {psutil.Process(pid).name() for pid in everything}
        assert {"postgres", "valkey-server", "sleep"} <= names
        supervisor.process.kill()
        supervisor.process.wait()
        assert gone(everything)


class TestTheServers:
    def test_are_mended_and_stopped_last(self, supervise: Supervise, web: tuple[list[str], str], place: Path) -> None:
        command, url = web
        supervisor = supervise(url, data=place / "data", api=command)
        supervisor.ready()
        for name in ("valkey-server", "postgres"):
            server = supervisor.server(name)
            server.kill()
            assert supervisor.server(name, other_than=server).pid != server.pid
        log = place / "data" / "logs" / "postgres.log"
        while log.read_text().count("ready to accept connections") < 2:
            time.sleep(0.02)
        everything = supervisor.everything()
        assert supervisor.end() == 0
        assert gone(everything)
        assert "postgres has ended" in supervisor.said.read_text()
        assert "database system is shut down" in log.read_text().splitlines()[-1]
