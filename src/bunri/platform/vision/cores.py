"""How many cores this process may really use: fewer than the machine has, in a container or under a quota."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")
_OWN: Final = Path("/proc/self/cgroup")


def cores(root: Path = _ROOT, own: Path = _OWN) -> int:
    """At least 1: those that the affinity mask allows, or fewer where a CPU quota of a cgroup (v1, v2) does."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, int(min(allowed, *_quotas(root, own), allowed)))


def _quotas(root: Path, own: Path) -> Iterator[float]:
    """In cores, of our group and of those around it: each of them binds."""
    for group in _groups(own):
        for folder in (root / group, *(root / group).parents):
            if folder.is_relative_to(root):
                yield from _quota(folder)


def _groups(own: Path) -> Iterator[str]:
    """``0::/a/b`` is a group of version 2, ``4:cpu,cpuacct:/a/b`` one of version 1, below its controller's folder."""
    for line in _read(own).splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            yield path.lstrip("/")
        elif "cpu" in controllers.split(","):
            yield f"cpu{path}"


def _quota(folder: Path) -> Iterator[float]:
    """Microseconds of work in each period of so many; ``max`` or −1 for as many as there are."""
    words = _read(folder / "cpu.max").split()
    words = words or [_read(folder / "cpu.cfs_quota_us").strip(), _read(folder / "cpu.cfs_period_us").strip()]
    if len(words) == 2 and all(word.isdecimal() for word in words) and int(words[1]):
        yield int(words[0]) / int(words[1])


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
