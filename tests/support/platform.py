"""The whole product as processes of its own, in both arrangements: one API for all, or one per target."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
from tests.support import processes

from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings

Arrangement = Literal["single", "split"]


def free_port() -> int:
    """Below those that the system gives to outgoing connections: one of them would take it before its server does."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """What a process of the product needs to work on the test servers."""
    assert settings.secret is not None
    return {
        **os.environ,
        "BUNRI_DATA": str(settings.data),
        "BUNRI_SECRET": settings.secret.get_secret_value(),
        "BUNRI_DATABASE_URL": str(settings.database_url),
        "BUNRI_VALKEY_URL": str(settings.valkey_url),
        "BUNRI_VISION__FETCH": "false",
        **({"BUNRI_MODELS_DIR": str(settings.vision.models_dir)} if settings.vision.models_dir else {}),
        **more,
    }


@dataclass
class Platform:
    """Where each target answers, and the processes behind it."""

    bases: dict[str, str]
    """URL prefix → base URL."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    probes: list[str] = field(default_factory=list)
    """Base URLs at which the workers answer for themselves."""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def url(self, path: str) -> str:
        for prefix, base in self.bases.items():
            if path.startswith(prefix):
                return base + path
        raise KeyError(path)

    def start(self, name: str, arguments: Sequence[str], env: dict[str, str], log: Path) -> None:
        self.processes[name] = processes.start([sys.executable, "-m", "bunri", *arguments], env=env, log=log)

    def stop(self) -> None:
        self.http.close()
        processes.stop(*self.processes.values())


@contextmanager
def running(
    settings: Settings, arrangement: Arrangement, logs: Path, *, workers: bool = True, **more: str
) -> Iterator[Platform]:
    """A platform whose every base answers ``/ready`` (or ``/health`` without workers)."""
    targets = {"all": [prefix for one in REGISTRY.targets for prefix in one.prefixes]}
    if arrangement == "split":
        targets = {one.name: list(one.prefixes) for one in REGISTRY.targets}
    ports = {name: free_port() for name in targets}
    base_of = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    if arrangement == "split":
        more |= {f"BUNRI_REMOTE_TARGETS__{name.upper()}": base_of[name] for name in ("auth", "recycling", "locations")}
    env = environment(settings, **more)
    platform = Platform({prefix: base_of[name] for name, prefixes in targets.items() for prefix in prefixes})
    try:
        for name, port in ports.items():
            platform.start(name, ["serve", "--target", name, "--port", str(port)], env, logs / f"{name}.log")
        if workers:
            for queues in (["waste"], ["recycling", "default", "learning"]):
                port = free_port()
                platform.probes.append(f"http://127.0.0.1:{port}")
                words = ["work", *(word for queue in queues for word in ("--queue", queue)), "--port", str(port)]
                platform.start(f"work-{queues[0]}", words, env, logs / f"work-{queues[0]}.log")
            platform.start("beat", ["beat"], env, logs / "beat.log")
        for base in base_of.values():
            _await(base + ("/ready" if workers else "/health"), platform, logs)
        yield platform
    finally:
        platform.stop()


def _await(url: str, platform: Platform, logs: Path) -> None:
    deadline = time.monotonic() + 60
    answer = "nothing"
    while time.monotonic() < deadline:
        dead = [name for name, process in platform.processes.items() if process.poll() is not None]
        assert not dead, f"{dead} ended: {_tail(logs)}"
        try:
            response = httpx.get(url, timeout=5)
            answer = response.text
            if response.status_code == 200:
                return
        except httpx.HTTPError as error:
            answer = repr(error)
        time.sleep(0.1)
    raise AssertionError(f"{url} never became ready: {answer}\n{_tail(logs)}")


def _tail(logs: Path) -> str:
    return "\n".join(f"— {file.name}\n{file.read_text()[-2000:]}" for file in sorted(logs.glob("*.log")))
