"""What ``bunri up`` tells who watches it start, and whoever measures it."""

import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from tests.support import processes
from tests.support.platform import free_port

STEPS = r"Starting the database.*Bringing the database and the rule table.*Starting the API and the workers"


class Started(NamedTuple):
    url: str
    data: Path
    told: bytearray
    """What its terminal has shown so far."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    ours, terminal = pty.openpty()
    told = bytearray()

    def read() -> None:
        try:
            while part := os.read(ours, 4096):
                told.extend(part)
        except OSError:  # the terminal is closed
            pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")}
    env = {**clean, "BUNRI_LOG_LEVEL": "WARNING", "BUNRI_VISION__FETCH": "false", "COLUMNS": "300"}
    data: Path = tmp_path_factory.mktemp("up") / "data"
    command = [sys.executable, "-m", "bunri", "up", "--data", str(data), "--port", str(free_port())]
    process = processes.start(command, env=env, log=Path(os.ttyname(terminal)), stdout=True)
    assert process.stdout
    try:
        line = process.stdout.readline().decode()
        assert line.startswith("ready http://"), told.decode()
        yield Started(line.split()[1], data, told)
    finally:
        processes.stop(process, within=20)
        process.stdout.close()
        os.close(terminal)
        reader.join(5)
        os.close(ours)


def test_a_terminal_sees_a_line_for_each_step(started: Started) -> None:
    assert re.search(STEPS, started.told.decode(), re.DOTALL), started.told.decode()


def test_what_its_workers_count_stands_in_the_metrics_of_its_api(started: Started) -> None:
    def counted() -> set[str]:
        text = httpx.get(f"{started.url}/metrics", timeout=10).text
        return set(re.findall(r'bunri_tasks_total\{outcome="done",task="heartbeat\.(\w+)"\}', text))

    deadline = time.monotonic() + 30
    while not {"waste", "default"} <= counted():
        assert time.monotonic() < deadline, counted()
        time.sleep(0.2)
    text = httpx.get(f"{started.url}/metrics", timeout=10).text
    assert 'bunri_queue_consumed{queue="waste"} 1.0' in text
    assert re.search(r"bunri_http_requests_total\{", text)


def test_another_terminal_sees_that_everything_works(started: Started) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")}
    command = [sys.executable, "-m", "bunri", "status", "--data", str(started.data), "--json"]
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (done.stdout, done.stderr)
    found = json.loads(done.stdout)
    assert found["works"]
    assert found["run_by"].startswith("bunri up (")
    assert set(found["targets"]) == {"all"}
    assert {queue["failed"] for queue in found["queues"].values()} == {0}


def test_and_nothing_is_wrong_with_it_but_what_the_machine_and_settings_lack(started: Started) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")}
    command = [sys.executable, "-m", "bunri", "doctor", "--data", str(started.data), "--json"]
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    machine = {"swap_missing", "memory_short", "disk_nearly_full", "disk_in_memory", "files_few", "web_not_built"}
    settings = {"backups_not_planned", "detector_missing", "part_degraded"}  # the worker says that it lacks a detector
    assert {it["kind"] for it in json.loads(done.stdout)["findings"]} <= machine | settings
