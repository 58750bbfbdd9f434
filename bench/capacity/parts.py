"""What each part of an installation spends: read from /proc for the processes of ``bunri up``, and from control groups
for the containers of Compose."""

import json
import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self

import psutil

EVERY_S: Final = 0.5
CONTROL_GROUPS: Final = Path("/sys/fs/cgroup")
SERVICE: Final = "com.docker.compose.service"
API, WASTE_WORKER, OTHER_WORKERS, BEAT = "API", "waste workers", "other workers", "beat"
POSTGRES, VALKEY, GATEWAY, STORE, SUPERVISOR = "PostgreSQL", "Valkey", "Nginx", "object store", "supervisor"
OF_SERVICES: Final = {
    "nginx": GATEWAY,
    "postgres": POSTGRES,
    "valkey": VALKEY,
    "s3": STORE,
    "waste-worker": WASTE_WORKER,
    "recycling-worker": OTHER_WORKERS,
    "worker": OTHER_WORKERS,
}
"""Parts by the names of Compose's services. The others have the service's own name."""
MACHINE: Final = "whole machine"
"""With what is no part of the installation: whoever makes the load, and other people's work."""
_ONE_THREAD: Final = (API, BEAT, VALKEY, SUPERVISOR)
"""Parts whose processes each use about one core at most: Python's, and Valkey's commands."""


class Parts(Protocol):
    def cpu(self) -> dict[str, float]:
        """Seconds of processor that each part has used so far."""

    def memory(self) -> dict[str, float]:
        """MiB of each part."""

    def capacity(self) -> dict[str, float]:
        """Cores that each part can use at most."""


# ── processes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def part_of(command: Sequence[str]) -> str | None:
    """Whose process it is; None for one that belongs to whatever started it."""
    program = Path(command[0]).name if command else ""
    if program.startswith("postgres"):
        return POSTGRES
    if program.startswith("valkey"):
        return VALKEY
    if "bunri" not in command:
        return None
    if "work" in command:
        return WASTE_WORKER if "waste" in command else OTHER_WORKERS
    return API if "serve" in command else BEAT if "beat" in command else None


class ProcessParts:
    """Of ``bunri up`` and all that it has started."""

    def __init__(self, root: psutil.Process) -> None:
        self._root = root

    def cpu(self) -> dict[str, float]:
        """With what processes have used that have ended: their parents count it."""
        return self._added(lambda process: sum(process.cpu_times()[:4]))

    def memory(self) -> dict[str, float]:
        """Pages that several share are counted once in all (PSS)."""
        return self._added(lambda process: process.memory_full_info().pss / 2**20)

    def capacity(self) -> dict[str, float]:
        cores = os.cpu_count() or 1
        counts = Counter(
            part for part, process in self._processes() if part_of(process.cmdline()) or part == SUPERVISOR
        )
        return {part: float(min(count, cores) if part in _ONE_THREAD else cores) for part, count in counts.items()}

    def _added(self, read: Callable[[psutil.Process], float]) -> dict[str, float]:
        found: dict[str, float] = {}
        for part, process in self._processes():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                found[part] = found.get(part, 0.0) + read(process)
        return found

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        parts = {self._root.pid: SUPERVISOR}
        yield SUPERVISOR, self._root
        for process in self._root.children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                part = part_of(process.cmdline()) or parts.get(process.ppid(), SUPERVISOR)
                parts[process.pid] = part
                yield part, process


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Container(NamedTuple):
    id: str
    service: str
    """Without the number of ``web-1``."""
    cores: float | None
    """Its limit."""

    @property
    def part(self) -> str:
        return OF_SERVICES.get(self.service, self.service)


def containers(inspected: str) -> list[Container]:
    """From what ``docker inspect`` prints."""
    found = []
    for each in json.loads(inspected):
        name = each["Config"]["Labels"][SERVICE]
        service, _, number = name.rpartition("-")
        limit = each["HostConfig"]["NanoCpus"]
        found.append(Container(each["Id"], service if number.isdigit() else name, limit / 1e9 if limit else None))
    return found


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """Of one container, in the first or the second version of control groups."""

    cpu: Path
    memory: Path

    @classmethod
    def of(cls, container: str, root: Path = CONTROL_GROUPS) -> Self:
        """Raises FileNotFoundError."""
        cpu = _first(root, container, "cpu.stat") or _first(root / "cpuacct", container, "cpuacct.usage")
        memory = _first(root, container, "memory.current") or _first(
            root / "memory", container, "memory.usage_in_bytes"
        )
        if cpu is None or memory is None:
            raise FileNotFoundError(f"no control group of {container[:12]} below {root}")
        return cls(cpu, memory)

    def cpu_seconds(self) -> float:
        if self.cpu.name == "cpuacct.usage":
            return int(self.cpu.read_text()) / 1e9
        return _numbers(self.cpu)["usage_usec"] / 1e6

    def memory_mb(self) -> float:
        """Without files that are kept only because nobody wanted the room."""
        told = _numbers(self.memory.with_name("memory.stat"))
        unused = told.get("total_inactive_file", told["inactive_file"])
        return (int(self.memory.read_text()) - unused) / 2**20


def _first(root: Path, container: str, name: str) -> Path | None:
    return next(root.glob(f"**/*{container}*/{name}"), None)


def _numbers(file: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in file.read_text().splitlines())}


class ContainerParts:
    """Of Compose's services; each is all its containers."""

    def __init__(self, found: Sequence[Container], root: Path = CONTROL_GROUPS) -> None:
        self._groups = [(each.part, ControlGroup.of(each.id, root)) for each in found]
        self._capacity: dict[str, float] = {}
        for each in found:
            cores = each.cores or float(os.cpu_count() or 1)
            self._capacity[each.part] = self._capacity.get(each.part, 0.0) + cores

    def cpu(self) -> dict[str, float]:
        return _summed((part, group.cpu_seconds()) for part, group in self._groups)

    def memory(self) -> dict[str, float]:
        return _summed((part, group.memory_mb()) for part, group in self._groups)

    def capacity(self) -> dict[str, float]:
        return dict(self._capacity)


def _summed(values: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in values:
        found[name] = found.get(name, 0.0) + value
    return found


# ── over a time ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Readings:
    """What has been used at several moments, in their order."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._used: list[Mapping[str, float]] = []

    def add(self, at: float, used: Mapping[str, float]) -> None:
        self._at.append(at)
        self._used.append(used)

    def cores(self, began: float, ended: float) -> dict[str, float]:
        """Cores that each part used on average between two moments (time.monotonic); between readings it is taken to
        be even. Raises ValueError for a time outside the readings."""
        before, after = self._of(began), self._of(ended)
        return {part: max(0.0, used - before.get(part, 0.0)) / (ended - began) for part, used in after.items()}

    def _of(self, moment: float) -> dict[str, float]:
        place = bisect_left(self._at, moment)
        if not self._at or place == len(self._at) or moment < self._at[0]:
            raise ValueError("nothing was read then")
        if self._at[place] == moment:
            return dict(self._used[place])
        earlier, later = self._used[place - 1], self._used[place]
        share = (moment - self._at[place - 1]) / (self._at[place] - self._at[place - 1])
        return {part: earlier.get(part, 0.0) * (1 - share) + used * share for part, used in later.items()}


def _machine() -> float:
    used = psutil.cpu_times()
    return float(used.user + used.system)


@contextmanager
def reading(parts: Parts) -> Iterator[Readings]:
    """Reads until the block ends, and once more then."""
    readings, ended = Readings(), threading.Event()

    def read() -> None:
        while True:
            last = ended.is_set()
            readings.add(time.monotonic(), {**parts.cpu(), MACHINE: _machine()})
            if last:
                return
            ended.wait(EVERY_S)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield readings
    finally:
        ended.set()
        thread.join()
