"""``bunri up``: everything on one machine. This process stays small: it only starts, supervises and stops others."""

import os
import signal
import socket
import subprocess
import sys
from typing import Final

from rich.console import Console

from bunri.app.registry import ALL, REGISTRY, Registry
from bunri.app.settings import SecretMissing, Settings
from bunri.app.supervisor import Child, Supervisor
from bunri.app.vocabulary_fetch import VocabularyFetch
from bunri.kit.errors import BunriError, Conflict
from bunri.kit.languages import text
from bunri.kit.sentences import sentence
from bunri.platform.embedded.reaper import ChildReaper
from bunri.platform.embedded.servers import EmbeddedServers
from bunri.platform.telemetry.exposition import shared_counts

BUNRI: Final = (sys.executable, "-m", "bunri")
FETCH_WITHIN_S: Final = 10


class AddressUnusable(Conflict):
    """Nothing can listen there: it is taken, or not an address of ours. Data: ``host``, ``port``, ``reason``."""

    code = "address_unusable"


def run(settings: Settings, host: str, port: int, workers: int) -> int:
    """Starts everything and stays until told to stop; returns the exit status."""
    servers = EmbeddedServers(
        settings.data,
        postgres=settings.database_url is None,
        valkey=settings.valkey_url is None,
        valkey_mb=settings.valkey_memory_mb,
        keeps_log=settings.backup.wal,
        what="bunri up",
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # as Ctrl-C, until the supervisor takes over
    try:
        check_address(host, port)
        _say("servers", directory=settings.data)
        environment = _environment(settings.on(servers.start()), workers)
        with shared_counts(settings.data) as counting:
            return _run_processes(settings, servers, (host, port), workers, environment | counting)
    except BunriError as error:
        Console(stderr=True).print(sentence(error, "en"), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        servers.stop()


def _run_processes(
    settings: Settings, servers: EmbeddedServers, address: tuple[str, int], workers: int, environment: dict[str, str]
) -> int:
    """Gets the database and the detector ready and runs everything else until told to stop; the exit status."""
    host, port = address
    _say("migrating")
    if _run(environment, "migrate", "--sample") != 0:
        return 1
    _fetch_detector(settings, environment)
    VocabularyFetch(settings, lambda *words: _run(environment, *words)).start()
    _say("processes")
    return Supervisor(
        _children(host, port, workers, environment),
        servers=servers,
        ready_url=f"http://{_reachable(host)}:{port}/ready",
        announce=lambda _: print(f"ready http://{host}:{port}", flush=True),  # noqa: T201  # the contract's line
    ).run()


def _say(step: str, **data: object) -> None:
    """One line a step for who watches the start; in a log they would only be in the way."""
    if sys.stderr.isatty():
        Console(stderr=True).print(text(f"supervisor.{step}", "en", **data), style="dim", markup=False)


def check_address(host: str, port: int) -> None:
    """Before anything is started, so that a taken port is told at once. Raises AddressUnusable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, _, _, address = found[0]
        with socket.socket(family, kind) as probe:
            # Connections that are still closing are no harm.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise AddressUnusable(host=host, port=port, reason=error.strerror or str(error)) from error


def _environment(settings: Settings, workers: int) -> dict[str, str]:
    """Tells the children where the servers are, and lets ``workers`` of them share the cores
    (VisionSettings.threads_each). They read all other settings as this process did."""
    if settings.secret is None:
        raise SecretMissing
    return {
        **os.environ,
        "BUNRI_DATA": str(settings.data),
        "BUNRI_SECRET": settings.secret.get_secret_value(),
        "BUNRI_DATABASE_URL": str(settings.database_url),
        "BUNRI_VALKEY_URL": str(settings.valkey_url),
        # BLAS threads in several processes only compete for the cores.
        "OMP_NUM_THREADS": "1",
        "BUNRI_VISION__THREADS": str(settings.vision.threads or max(1, settings.vision.threads_each // workers)),
        "MALLOC_ARENA_MAX": "2",
    }


def _run(environment: dict[str, str], *words: str, within: float | None = None) -> int:
    """Runs a bunri command and returns its exit status; it ends with this process. Raises subprocess.TimeoutExpired."""
    reaper = ChildReaper()
    process = reaper.spawn([*BUNRI, *words], death_signal=signal.SIGTERM, output=sys.stderr.buffer, env=environment)
    try:
        return process.wait(within)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        reaper.close()


def _fetch_detector(settings: Settings, environment: dict[str, str]) -> None:
    """Fetches the coach's detector when it is missing. Where that fails, people are asked what a photo shows."""
    name = settings.vision.detector
    if not settings.vision.fetch or settings.vision.detector_file(settings.data):
        return
    _say("detector", name=name)
    try:
        _run(environment, "models", "pull", name, within=FETCH_WITHIN_S)
    except subprocess.TimeoutExpired:
        Console(stderr=True).print(f"{name} did not arrive within {FETCH_WITHIN_S} s: people are asked instead")


def _children(host: str, port: int, workers: int, environment: dict[str, str]) -> list[Child]:
    commands = {
        "api": ["serve", "--target", ALL, "--host", host, "--port", str(port)],
        **worker_commands(REGISTRY, workers),
    }
    return [Child(name, [*BUNRI, *command], environment) for name, command in commands.items()]


def worker_commands(registry: Registry, workers: int) -> dict[str, list[str]]:
    """A process, or ``workers`` of them, for each queue whose work fills a core; one for all the others together, which
    starts the scheduled tasks, too."""
    apart = [queue.name for queue in registry.queues.values() if queue.own_process]
    shared = [word for name in registry.queues if name not in apart for word in ("--queue", name)]
    return {
        **{f"{name}-{number}": ["work", "--queue", name] for name in apart for number in range(1, workers + 1)},
        "default": ["work", *shared, "--beat"],
    }


def _reachable(host: str) -> str:
    """The address of the API for this process, also when the API listens on all addresses."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  # compared, not bound
