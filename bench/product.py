"""Runs ``bunri up`` on a fresh data directory."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench.paths import weights, workplace
from bunri.app.settings import Settings
from bunri.platform.embedded import attach
from bunri.platform.vision.settings import VisionSettings

START_WITHIN: Final = 120.0
STOP_WITHIN: Final = 20.0
BOUNDS: Final = {
    "BUNRI_WASTE__MAX_OPEN_PHOTOS": "200",
    "BUNRI_WASTE__MAX_OPEN_MB": "1000",
    "BUNRI_HTTP__SOCKETS_PER_ADDRESS": "1000",
}
"""All sockets of a benchmark come from one address, and a person's photos are uploaded before the clock starts. Nobody
at this machine is counted against the limits of requests."""


class ProductFailed(Exception):
    """The product did not become ready; the message is the end of its log."""


@dataclass(frozen=True, slots=True)
class Product:
    url: str
    data: Path
    seconds_to_ready: float
    process: psutil.Process

    def memory(self) -> float:
        """MiB of all its processes, each shared page counted once (PSS)."""
        total = 0
        for process in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # a connection that has just closed
                total += process.memory_full_info().pss
        return total / 2**20

    def api(self) -> psutil.Process:
        """The process that serves HTTP."""
        return next(child for child in self.process.children(recursive=True) if "serve" in child.cmdline())

    def workers(self) -> list[psutil.Process]:
        """The processes that analyse photos, with what they have started."""
        children = self.process.children(recursive=True)
        own = [child for child in children if "work" in child.cmdline() and "waste" in child.cmdline()]
        return list({each.pid: each for worker in own for each in (worker, *worker.children(recursive=True))}.values())


def settings(data: Path) -> Settings:
    """Settings with which another process uses the servers of ``data``."""
    return Settings(data=data, vision=VisionSettings(models_dir=weights(), fetch=False)).on(attach(data))


@contextmanager
def running(*, workers: int = 1, bounds: Mapping[str, str] = BOUNDS, files: int | None = None) -> Iterator[Product]:
    """The product, started and ready; afterwards it is stopped and its data removed. Raises ProductFailed.

    ``bounds`` are settings in place of its own; each of its processes may open so many ``files``.
    """
    with workplace() as folder:
        port, log = _free_port(), folder / "log"
        command = [sys.executable, "-m", "bunri", "up", "--data", str(folder / "data"), "--port", str(port)]
        started = time.perf_counter()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                stdout=subprocess.PIPE,
                stderr=output,
                cwd=folder,
                env={**os.environ, "BUNRI_VISION__OPEN_VOCABULARY": "off", **bounds},  # nothing is fetched beside
            )
        try:
            if files:
                resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (files, files))  # before it has read any setting
            url = _await_ready(process, log)
            yield Product(url, folder / "data", time.perf_counter() - started, psutil.Process(process.pid))
        finally:
            _stop(process)


@contextmanager
def another_node(first: Product, bounds: Mapping[str, str] = BOUNDS) -> Iterator[str]:
    """A second API process on the servers of ``first``; gives its address. Raises ProductFailed."""
    shared, port = settings(first.data), _free_port()
    assert shared.secret is not None
    environment = {
        **os.environ,
        **bounds,
        "BUNRI_DATA": str(shared.data),
        "BUNRI_SECRET": shared.secret.get_secret_value(),
        "BUNRI_DATABASE_URL": str(shared.database_url),
        "BUNRI_VALKEY_URL": str(shared.valkey_url),
    }
    command = [sys.executable, "-m", "bunri", "serve", "--target", "all", "--host", "127.0.0.1", "--port", str(port)]
    with (first.data.parent / "second.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _await_answer(f"{url}/ready", process)
        yield url
    finally:
        _stop(process)


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):  # our own address
            return
        time.sleep(0.1)
    raise ProductFailed(f"{url} does not answer")


def _await_ready(process: subprocess.Popen[bytes], log: Path) -> str:
    assert process.stdout
    timeout = threading.Timer(START_WITHIN, process.terminate)  # which ends its output, and so the loop
    timeout.start()
    try:
        for line in process.stdout:
            if line.startswith(b"ready "):
                return line.split()[1].decode()
    finally:
        timeout.cancel()
    raise ProductFailed(log.read_text("utf-8", "replace")[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
