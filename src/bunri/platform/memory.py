"""How much memory this process may use."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil


class Memory(NamedTuple):
    """In bytes."""

    total: int
    swap: int


def memory(groups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> Memory:
    """Of the machine, or less where a container's limit is lower (cgroup v2)."""
    limits = [psutil.virtual_memory().total]
    path = next((line[3:] for line in _lines(own) if line.startswith("0::/")), "/").strip("/")
    for folder in (groups / path, *(groups / path).parents):
        if folder.is_relative_to(groups):
            limits += [int(line) for line in _lines(folder / "memory.max")[:1] if line.isdecimal()]
    return Memory(min(limits), psutil.swap_memory().total)


def _lines(file: Path) -> Sequence[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return ()
