"""The platform that the tests of pages start: it ends with who started it, however that ends."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.platform.embedded.processes import family, gone
from tests.support.platform import free_port
from tests.support.processes import start, stop

PRODUCT = Path(__file__).parents[2] / "web/e2e/support/product.py"


@pytest.fixture
def owner() -> Iterator["subprocess.Popen[bytes]"]:
    process = start(["sleep", "600"])
    yield process
    stop(process)


@pytest.mark.parametrize("killed", ["the test run", "the script"])
def test_no_process_outlives_a_killed_test_run(owner: "subprocess.Popen[bytes]", killed: str, tmp_path: Path) -> None:
    port = free_port()
    script = start([sys.executable, str(PRODUCT), str(port), str(owner.pid)], log=tmp_path / "log")
    try:
        answer_of(port)
        started = family(script.pid)
        victim = owner if killed == "the test run" else script
        victim.kill()
        victim.wait()
        assert gone(started)
    finally:
        stop(script, within=30)


def answer_of(port: int) -> None:
    """Waits until the product answers there."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/health", timeout=5)
            return
        time.sleep(0.2)
    raise AssertionError(f"nothing answers at {port}")
