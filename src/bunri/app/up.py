"""``bunri up``: one machine, everything on it. This process stays small: it only starts, watches and stops others."""

import os
import signal
import subprocess
import sys
from typing import Final

from rich.console import Console

from bunri.app.settings import SecretMissing, Settings
from bunri.app.supervisor import Child, Supervisor
from bunri.kit.errors import BunriError
from bunri.kit.sentences import sentence
from bunri.platform.embedded.keeper import Keeper
from bunri.platform.embedded.servers import EmbeddedServers

BUNRI: Final = (sys.executable, "-m", "bunri")
FETCH_WITHIN_S: Final = 10


def run(settings: Settings, host: str, port: int, workers: int) -> int:
    """Starts everything and stays until told to stop; returns the exit status."""
    servers = EmbeddedServers(
        settings.data, postgres=settings.database_url is None, valkey=settings.valkey_url is None, what="bunri up"
    )
    for asked in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.default_int_handler)  # as Ctrl-C, until the supervisor takes over
    try:
        environment = _environment(settings.on(servers.start()), workers)
        if _run(environment, "migrate", "--sample") != 0:
            return 1
        _fetch_eyes(settings, environment)
        return Supervisor(
            _children(host, port, workers, environment),
            servers=servers,
            ready_url=f"http://{_reachable(host)}:{port}/ready",
            announce=lambda _: print(f"ready http://{host}:{port}", flush=True),  # noqa: T201  # the contract's line
        ).run()
    except BunriError as error:
        Console(stderr=True).print(sentence(error, "en"), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        servers.stop()


def _environment(settings: Settings, workers: int) -> dict[str, str]:
    """What the children need to find the servers; everything else they read as this process did, but that ``workers``
    of them share the cores (VisionSettings.threads_each)."""
    if settings.secret is None:
        raise SecretMissing
    return {
        **os.environ,
        "BUNRI_DATA": str(settings.data),
        "BUNRI_SECRET": settings.secret.get_secret_value(),
        "BUNRI_DATABASE_URL": str(settings.database_url),
        "BUNRI_VALKEY_URL": str(settings.valkey_url),
        # Two BLAS threads in each of a handful of processes only steal each other's time.
        "OMP_NUM_THREADS": "1",
        "BUNRI_VISION__THREADS": str(settings.vision.threads or max(1, settings.vision.threads_each // workers)),
        "MALLOC_ARENA_MAX": "2",
    }


def _run(environment: dict[str, str], *words: str, within: float | None = None) -> int:
    """A command of ours to its end, which comes with our own at the latest. Raises subprocess.TimeoutExpired."""
    keeper = Keeper()
    process = keeper.spawn([*BUNRI, *words], farewell=signal.SIGTERM, output=sys.stderr.buffer, env=environment)
    try:
        return process.wait(within)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        keeper.close()


def _fetch_eyes(settings: Settings, environment: dict[str, str]) -> None:
    """Fetches the coach's detector when it is missing; without it, or without a network, people are asked."""
    name = settings.vision.detector
    folders = (settings.data / "models", settings.vision.models_dir)
    if not settings.vision.fetch or any(folder and (folder / f"{name}.onnx").is_file() for folder in folders):
        return
    try:
        _run(environment, "models", "pull", name, within=FETCH_WITHIN_S)
    except subprocess.TimeoutExpired:
        Console(stderr=True).print(f"{name} did not arrive within {FETCH_WITHIN_S} s: people are asked instead")


def _children(host: str, port: int, workers: int, environment: dict[str, str]) -> list[Child]:
    commands = {
        "api": ["serve", "--target", "all", "--host", host, "--port", str(port)],
        **{f"waste-{number}": ["work", "--queue", "waste"] for number in range(1, workers + 1)},
        "desk": ["work", "--queue", "recycling", "--queue", "default"],
        "beat": ["beat"],
    }
    return [Child(name, [*BUNRI, *command], environment) for name, command in commands.items()]


def _reachable(host: str) -> str:
    """Where this process reaches its own API when it listens everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  # compared, not bound
