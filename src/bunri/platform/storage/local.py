"""Objects as plain files in a directory, with uploads by signed URLs as S3 has them."""

import asyncio
import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from bunri.kit.clock import Clock, now
from bunri.kit.errors import NO_ROOM
from bunri.kit.media_types import essence
from bunri.platform.disk import RecentFreeBytes, free_bytes
from bunri.platform.storage.errors import (
    ObjectMissing,
    ObjectTooLarge,
    StorageFull,
    StorageUnavailable,
    TicketUsed,
    WrongSize,
    WrongType,
)
from bunri.platform.storage.protocol import CHECK_FOLDER, ObjectStat, UploadTicket, check_round_trip, checked
from bunri.platform.storage.signing import Grant

_DRAFTS: Final = ".coming"  # unfinished uploads; no key begins with a dot
_TYPES: Final = ".types"  # the Content-Type of each object, under its key
_CLOSED: Final = ".closed"  # an empty file for each key whose tickets are no longer good
_CHUNK: Final = 2**17
"""Bytes of one upload held in memory: hundreds that stop halfway hold so much each."""
RESERVE: Final = 64 * 2**20
"""Bytes that uploads leave free: a database without room stops, and with it what could still be read."""


class LocalStorage:
    """A directory of objects. ``secret`` signs the URLs; ``clock`` says when they have expired; uploads leave
    ``reserve`` bytes of the disk free."""

    def __init__(self, root: Path, secret: str, clock: Clock = now, *, reserve: int = RESERVE) -> None:
        self._root = root
        self._reserve = reserve
        self._recent_free_bytes = RecentFreeBytes(root)
        self._secret = hashlib.sha256(b"objects\n" + secret.encode()).digest()
        self._clock = clock

    async def ticket(
        self, key: str, *, content_type: str, size: int, expires_in: timedelta, base_url: str
    ) -> UploadTicket:
        self._check_room(size, await self._recent_free_bytes())
        expires_at = (self._clock() + expires_in).replace(microsecond=0)
        grant = Grant("PUT", checked(key), int(expires_at.timestamp()), size, content_type)
        return UploadTicket(self._url(grant, base_url), expires_at, {"Content-Type": content_type})

    async def url(self, key: str, *, expires_in: timedelta, base_url: str) -> str:
        return self._url(Grant("GET", checked(key), int((self._clock() + expires_in).timestamp())), base_url)

    def _url(self, grant: Grant, base_url: str) -> str:
        return f"{base_url.rstrip('/')}/api/v1/objects/{quote(grant.key)}?{grant.query(self._secret)}"

    def check_grant(self, grant: Grant, signature: str) -> None:
        """Raises BadKey, TicketInvalid or TicketExpired."""
        checked(grant.key)
        grant.check(self._secret, signature, self._clock())

    async def close_tickets(self, key: str) -> None:
        await asyncio.to_thread(self._close_tickets, checked(key))

    async def receive(self, grant: Grant, content_type: str, body: AsyncIterable[bytes]) -> None:
        """Store an upload that its checked ``grant`` allows; ``content_type`` is what it says of itself.
        Raises WrongType, WrongSize, TicketUsed, StorageFull.

        Reads at most the granted size, and stores nothing of a body that is shorter or longer.
        """
        if essence(content_type) != essence(grant.content_type):
            raise WrongType(expected=grant.content_type)
        await asyncio.to_thread(self._check_open, grant.key)
        self._check_room(grant.size, await asyncio.to_thread(free_bytes, self._root))
        left = grant.size
        async with self._draft(grant.key, grant.content_type) as file:
            async for chunk in _gathered(body):
                left -= len(chunk)
                if left < 0:
                    break
                await asyncio.to_thread(file.write, chunk)
            if left != 0:
                raise WrongSize(expected=grant.size)
            await asyncio.to_thread(self._check_open, grant.key)  # it may have been closed meanwhile

    async def write(self, key: str, data: bytes, content_type: str) -> None:
        async with self._draft(checked(key), content_type) as file:
            await asyncio.to_thread(file.write, data)

    async def write_file(self, key: str, path: Path, content_type: str) -> None:
        size = (await asyncio.to_thread(path.stat)).st_size
        self._check_room(size, await asyncio.to_thread(free_bytes, self._root))
        async with self._draft(checked(key), content_type) as file:
            await asyncio.to_thread(_copy, path, file)

    def path_of(self, key: str) -> Path:
        """Where the object ``key`` is, if there is one. Raises BadKey."""
        return self._root / checked(key)

    async def read(self, key: str, max_bytes: int) -> bytes:
        return await asyncio.to_thread(self._read, checked(key), max_bytes)

    async def read_part(self, key: str, start: int, length: int) -> bytes:
        return await asyncio.to_thread(self._read_part, checked(key), start, length)

    async def stat(self, key: str) -> ObjectStat | None:
        return await asyncio.to_thread(self._stat, checked(key))

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, checked(key))

    async def prepare(self, folders: Mapping[str, timedelta]) -> bool:  # noqa: ARG002
        """A directory forgets nothing by itself, and is made when it is first written to."""
        return False

    async def sweep(self, *, older_than: timedelta, prefix: str) -> int:
        return await asyncio.to_thread(self._sweep, self._clock() - older_than, prefix)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        with _translated_errors():
            for path in await asyncio.to_thread(lambda: sorted((self._root / prefix).rglob("*"))):
                if await asyncio.to_thread(path.is_file):
                    yield path.relative_to(self._root).as_posix()

    async def check(self) -> None:
        await check_round_trip(self)

    @asynccontextmanager
    async def _draft(self, key: str, content_type: str) -> AsyncIterator[IO[bytes]]:
        """A file that becomes the object when the block succeeds, and is deleted when it fails."""
        draft = self._root / _DRAFTS / secrets.token_hex(16)
        with _translated_errors():
            file = await asyncio.to_thread(_create, draft)
            try:
                yield file
                await asyncio.to_thread(self._place, file, draft, key, content_type)
            finally:
                await asyncio.to_thread(_discard, file, draft)

    def _place(self, file: IO[bytes], draft: Path, key: str, content_type: str) -> None:
        _sync(file)
        label = draft.with_suffix(".type")
        try:
            with _create(label) as handle:
                handle.write(content_type.encode())
                _sync(handle)
            _move(label, self._root / _TYPES / key)
        finally:
            label.unlink(missing_ok=True)
        _move(draft, self._root / key)

    def _read(self, key: str, max_bytes: int) -> bytes:
        data = self._read_part(key, 0, max_bytes + 1)
        if len(data) > max_bytes:
            raise ObjectTooLarge(limit=max_bytes)
        return data

    def _read_part(self, key: str, start: int, length: int) -> bytes:
        with _translated_errors():
            try:
                with (self._root / key).open("rb") as file:
                    file.seek(start)
                    return file.read(length)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise ObjectMissing from None

    def _stat(self, key: str) -> ObjectStat | None:
        path = self._root / key
        with _translated_errors():
            if not path.is_file():
                return None
            try:
                return ObjectStat(path.stat().st_size, (self._root / _TYPES / key).read_text("utf-8"))
            except FileNotFoundError:
                return None  # deleted meanwhile

    def _delete(self, key: str) -> None:
        with _translated_errors():
            for path in (self._root / key, self._root / _TYPES / key):
                with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    path.unlink()

    def _close_tickets(self, key: str) -> None:
        with _translated_errors():
            path = self._root / _CLOSED / key
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)

    def _check_open(self, key: str) -> None:
        if (self._root / _CLOSED / key).exists():
            raise TicketUsed

    def _check_room(self, size: int, free: int) -> None:
        if free < size + self._reserve:
            raise StorageFull

    def _sweep(self, before: datetime, prefix: str) -> int:
        """Drafts of uploads that were cut off by a crash are swept too; they do not count."""
        parts = (prefix, CHECK_FOLDER, _DRAFTS)
        folders = [
            folder / each for each in parts for folder in (self._root, self._root / _TYPES, self._root / _CLOSED)
        ]
        count = 0
        with _translated_errors():
            for path in (path for folder in folders for path in folder.rglob("*")):
                with suppress(FileNotFoundError):
                    if path.is_file() and path.stat().st_mtime < before.timestamp():
                        path.unlink()
                        count += path.is_relative_to(self._root / prefix)
        return count


async def _gathered(body: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The body in larger pieces, so that writing it takes fewer calls of a thread."""
    pieces = bytearray()
    async for piece in body:
        pieces += piece
        if len(pieces) >= _CHUNK:
            yield bytes(pieces)
            pieces.clear()
    yield bytes(pieces)


def _create(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("xb")


def _copy(path: Path, file: IO[bytes]) -> None:
    with path.open("rb") as source:
        shutil.copyfileobj(source, file, _CHUNK)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _discard(file: IO[bytes], draft: Path) -> None:
    with suppress(OSError):  # closing writes what is left, and the disk may be full
        file.close()
    draft.unlink(missing_ok=True)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Translates errors of the system to those of errors.py."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull from error
        raise StorageUnavailable(reason=error.strerror or str(error)) from error
