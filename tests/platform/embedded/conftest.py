"""A program that runs the servers of a data directory until it is ended."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.platform.embedded.processes import open_place

_PROGRAM = """
import encodings.idna, json, os, sys, time
from pathlib import Path
from bunri.platform.embedded import EmbeddedServers
if len(sys.argv) > 2:  # only now: the interpreter itself may live where that user cannot go
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
servers = EmbeddedServers(Path(sys.argv[1]), what="a test")
addresses = servers.start()
print(json.dumps([addresses.database_url, addresses.valkey_url, servers.pids]), flush=True)
time.sleep(600)
"""


@dataclass(frozen=True)
class Holder:
    """A process that holds a data directory, and what it said when its servers were ready."""

    process: subprocess.Popen[str]
    database_url: str
    valkey_url: str
    pids: dict[str, int]


Hold = Callable[..., Holder]


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Run the servers of a data directory in a process of its own; what still runs of it is killed afterwards."""
    processes: list[subprocess.Popen[str]] = []

    def start(data: Path, user: int | None = None) -> Holder:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(data), *([] if user is None else [str(user)])],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"XDG_RUNTIME_DIR": ""},
        )
        processes.append(process)
        assert process.stdout
        return Holder(process, *json.loads(process.stdout.readline()))

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def place() -> Iterator[Path]:
    with open_place() as folder:
        yield folder
