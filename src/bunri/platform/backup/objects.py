"""The object store as a backup reads and fills it: one object after the other, through a file of its own."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from bunri.platform.storage import ObjectMissing, Storage

_PIECE: Final = 8 * 2**20
"""Bytes of an object that are in memory at once."""


class Objects:
    """``folders`` of a store (``samples/``), called from code without an event loop. To be closed."""

    def __init__(self, storage: Storage, folders: tuple[str, ...]) -> None:
        self.folders = folders
        self._storage = storage
        # A loop of its own that is nobody's current one: this runs beside others that have theirs.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    def close(self) -> None:
        self._runner.close()

    def keys(self) -> Iterator[str]:
        for folder in self.folders:
            yield from list_keys(self._runner, self._storage, folder)

    def copy(self, key: str, to: IO[bytes]) -> str | None:
        """Writes the object into ``to`` and answers its content type; None: it was deleted meanwhile."""
        stat = self._runner.run(self._storage.stat(key))
        if stat is None:
            return None
        start = 0
        while start < stat.size:
            try:
                piece = self._runner.run(self._storage.read_part(key, start, _PIECE))
            except ObjectMissing:
                return None
            if not piece:
                return None
            to.write(piece)
            start += len(piece)
        return stat.content_type

    def write(self, key: str, path: Path, content_type: str) -> None:
        """Raises BadKey, StorageFull, StorageUnavailable."""
        self._runner.run(self._storage.write_file(key, path, content_type))

    def delete(self, key: str) -> None:
        self._runner.run(self._storage.delete(key))


def list_keys(runner: asyncio.Runner, storage: Storage, folder: str) -> Iterator[str]:
    """The keys of a folder, asked for as they are needed."""
    found = storage.keys(folder)

    async def next_one() -> str | None:
        return await anext(found, None)

    while (key := runner.run(next_one())) is not None:
        yield key
