"""One run of the tests in several processes: what they share, and that nothing of it is left behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.platform.embedded.processes import family, gone

ENDLESS = Path(__file__).with_name("endless.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A run of two processes, each in the middle of a test."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--dist", "each", str(ENDLESS)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**environment, "BUNRI_TEST_SAYS": str(tmp_path)}, cwd=ROOT, stdout=log, stderr=log
        )
    yield process
    process.kill()
    process.wait()


def said(run: "subprocess.Popen[bytes]", folder: Path) -> list[dict[str, Any]]:
    """What both of its processes say, as soon as they do."""
    while len(files := list(folder.glob("*.json"))) < 2:
        time.sleep(0.1)
        assert run.poll() is None, (folder / "log").read_text()
    return [json.loads(file.read_text()) for file in files]


def test_its_processes_share_a_server_and_nothing_of_it_outlives_a_kill(
    run: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    one, other = said(run, tmp_path)
    assert one["cluster"] == other["cluster"]
    assert one["database"] != other["database"]
    everything = family(run.pid)
    names = [psutil.Process(pid).name() for pid in everything]
    servers = [psutil.Process(pid) for pid in everything if psutil.Process(pid).name() == "postgres"]
    assert len([server for server in servers if server.parent() == psutil.Process(run.pid)]) == 1
    assert names.count("valkey-server") == 2
    assert {one["child"], other["child"]} <= set(everything)
    run.kill()
    run.wait()
    assert gone(everything)
