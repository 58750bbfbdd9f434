"""What Prometheus reads.

The processes of ``bunri up`` write their counts into one folder (``PROMETHEUS_MULTIPROC_DIR``), so that the one of them
that is asked answers for all. A process without that folder answers for itself, and can say of which trace a slow
request was (an exemplar; the library keeps none where counts are shared).
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR
from typing import Final, NamedTuple

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics import exposition as exposing
from prometheus_client.registry import Collector

SHARED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"
_OPENMETRICS: Final = "application/openmetrics-text"
_END: Final = b"# EOF\n"
MEMORY: Final = Path("/dev/shm")  # noqa: S108  # the folder in it is checked


class Exposition(NamedTuple):
    content: bytes
    content_type: str


def exposition(read: Iterable[Metric] = (), accept: str = "") -> Exposition:
    """Everything counted, and what was ``read`` just now: as OpenMetrics, with exemplars, to whoever accepts that, and
    as Prometheus' older text to others. Reads files where counts are shared: not for an event loop."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which nobody asks for
    just_now = CollectorRegistry()
    just_now.register(_Read(read))
    if _OPENMETRICS not in accept:
        return Exposition(generate_latest(_counted()) + generate_latest(just_now), CONTENT_TYPE_LATEST)
    counted, later = (exposing.generate_latest(each) for each in (_counted(), just_now))  # type: ignore[no-untyped-call]
    return Exposition(counted.removesuffix(_END) + later, exposing.CONTENT_TYPE_LATEST)


@contextmanager
def shared_counts(data: Path, memory: Path = MEMORY) -> Iterator[dict[str, str]]:
    """An empty folder for the counts of processes that begin together on ``data``, until all of them have ended; what
    their environment must say of it. It lies in ``memory``, where there is such a place: a process that writes into a
    mapped file of a disk that is full is killed by the system (SIGBUS).

    Who enters must hold ``data``: another's folder would be taken from under its processes."""
    folder = next(filter(_is_ours, _places(data, memory)), None)
    if folder is None:  # each process counts for itself
        yield {}
        return
    for left in folder.glob("*.db"):
        left.unlink()
    try:
        yield {SHARED_IN: str(folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shared_on(data: Path, memory: Path = MEMORY) -> list[Metric]:
    """What the processes of the ``bunri up`` that runs on ``data`` have counted; nothing where they share no folder.
    Reads files: not for an event loop."""
    folder = next((each for each in _places(data, memory) if each.is_dir() and any(each.glob("*.db"))), None)
    if folder is None:
        return []
    return list(MultiProcessCollector(None, str(folder)).collect())  # type: ignore[no-untyped-call]


def _places(data: Path, memory: Path) -> tuple[Path, Path]:
    name = f"bunri-counts-{sha256(str(data.absolute()).encode()).hexdigest()[:16]}"
    return memory / name, data / "counts"


def _is_ours(folder: Path) -> bool:
    """Whether it is there, and nobody else may have made it: everybody may write into the memory's folder."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _counted() -> CollectorRegistry:
    if SHARED_IN not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


class _Read(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics
