"""How much room a disk has."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Final

_GOOD_FOR_S: Final = 1.0


def free_bytes(path: Path) -> int:
    """What this user may still write where ``path`` is, or will be once it is made."""
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    return shutil.disk_usage(existing).free


class RecentFreeBytes:
    """``free_bytes`` as it was within the last second: who asks hundreds of times a second pays for one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free = 0
        self._asked_at = -_GOOD_FOR_S

    async def __call__(self) -> int:
        if time.monotonic() - self._asked_at >= _GOOD_FOR_S:
            self._free = await asyncio.to_thread(free_bytes, self._path)
            self._asked_at = time.monotonic()
        return self._free
