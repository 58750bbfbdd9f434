"""What the rest of bunri knows about object storage."""

import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from bunri.platform.storage.errors import BadKey, StorageUnavailable

CHECK_FOLDER: Final = "canary/"
"""The folder that ``check`` writes to. Objects that a killed check left there are deleted with every sweep."""

_KEY: Final = re.compile(r"(?!.{201})[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


@dataclass(frozen=True)
class UploadTicket:
    """Permission to send one object: ``method`` it to ``url`` with exactly these ``headers`` before ``expires_at``."""

    url: str
    expires_at: datetime
    headers: dict[str, str]
    method: str = "PUT"
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectStat:
    """``size`` in bytes."""

    size: int
    content_type: str


class Storage(Protocol):
    """Objects by key. Keys are lower-case segments between slashes, at most 200 characters: BadKey otherwise.

    Every method raises StorageUnavailable when the store does not answer.
    """

    async def ticket(
        self, key: str, *, content_type: str, size: int, expires_in: timedelta, base_url: str
    ) -> UploadTicket:
        """A ticket to upload ``size`` bytes of ``content_type``; ``base_url`` is where clients reach bunri.

        Raises StorageFull, where the store can tell beforehand.
        """

    async def close_tickets(self, key: str) -> None:
        """No ticket for ``key`` is good any more, where the store can do that; elsewhere ``sweep`` removes what comes.

        What has been uploaded stays.
        """

    async def read(self, key: str, max_bytes: int) -> bytes:
        """The complete object. Raises ObjectMissing; ObjectTooLarge before more than ``max_bytes`` are read."""

    async def read_part(self, key: str, start: int, length: int) -> bytes:
        """``length`` bytes of the object from ``start`` on, fewer where it ends before, none behind its end. Raises
        ObjectMissing.

        What is sent to a slow client piece by piece is not held in memory as a whole.
        """

    async def stat(self, key: str) -> ObjectStat | None:
        """What is known of an object without reading it; None when there is none."""

    async def write(self, key: str, data: bytes, content_type: str) -> None:
        """Store an object completely or not at all, in place of the previous one. Raises StorageFull."""

    async def write_file(self, key: str, path: Path, content_type: str) -> None:
        """As ``write``, with the content of a file, of which only a piece at a time is in memory."""

    async def delete(self, key: str) -> None:
        """Delete an object; it need not exist."""

    async def url(self, key: str, *, expires_in: timedelta, base_url: str) -> str:
        """A URL to read the object without further permission, valid for ``expires_in``."""

    async def prepare(self, folders: Mapping[str, timedelta]) -> bool:
        """Creates what is missing, and lets the store delete the objects of each folder (``uploads/``) at an age.

        False when the store cannot: then ``sweep`` must be called from time to time.
        """

    async def sweep(self, *, older_than: timedelta, prefix: str) -> int:
        """Delete objects in the folder ``prefix`` (``uploads/``) that were written longer ago; returns how many.

        Other folders stay as they are, since the store may be shared with other programs.
        """

    def keys(self, prefix: str) -> AsyncIterator[str]:
        """The keys of the folder ``prefix`` (``samples/``), in any order; what is written meanwhile may be missing."""

    async def check(self) -> None:
        """Readiness check: writes, reads and deletes an object. Raises StorageUnavailable, StorageFull."""


def checked(key: str) -> str:
    """``key`` when it is safe as a path and as an S3 key; raises BadKey."""
    if not _KEY.fullmatch(key):
        raise BadKey
    return key


async def check_round_trip(storage: Storage) -> None:
    """Writes, reads and deletes a small object. Raises StorageUnavailable when other bytes come back."""
    key, data = f"canary/{secrets.token_hex(8)}", secrets.token_bytes(64)
    await storage.write(key, data, "application/octet-stream")
    try:
        if await storage.read(key, len(data)) != data:
            raise StorageUnavailable(reason="other bytes came back than were written")
    finally:
        await storage.delete(key)
