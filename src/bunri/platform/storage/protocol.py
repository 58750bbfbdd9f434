"""What the rest of the house knows about keeping objects."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from bunri.platform.storage.errors import BadKey, StorageUnavailable

CHECKS: Final = "canary/"
"""The folder of what ``check`` writes; what a killed check left there is swept with any other folder."""

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
        """A ticket to upload ``size`` bytes of ``content_type``; ``base_url`` is where clients reach this house."""

    async def read(self, key: str, max_bytes: int) -> bytes:
        """The whole object. Raises ObjectMissing; ObjectTooLarge before more than ``max_bytes`` are read."""

    async def stat(self, key: str) -> ObjectStat | None:
        """What is known of an object without reading it; None when there is none."""

    async def write(self, key: str, data: bytes, content_type: str) -> None:
        """Keep an object whole or not at all, in place of the one before. Raises StorageFull."""

    async def delete(self, key: str) -> None:
        """Forget an object; no matter if there is none."""

    async def url(self, key: str, *, expires_in: timedelta, base_url: str) -> str:
        """Where the object can be looked at until then, without further permission."""

    async def prepare(self, folders: Mapping[str, timedelta]) -> bool:
        """Makes the store ready, and has it forget the objects of each folder (``uploads/``) at such an age by itself.
        False when it cannot: then ``sweep`` must be called from time to time."""

    async def sweep(self, *, older_than: timedelta, prefix: str) -> int:
        """Forget what was written longer ago in the folder ``prefix`` (``uploads/``); the number of objects forgotten.
        A store may be shared with others, so nothing outside of it is looked at."""

    async def check(self) -> None:
        """Really write, read and delete. Raises what is wrong."""


def checked(key: str) -> str:
    """``key`` when it is safe as a path and as an S3 key; raises BadKey."""
    if not _KEY.fullmatch(key):
        raise BadKey
    return key


async def canary(storage: Storage) -> None:
    """The whole life of a small object. Raises what goes wrong in it."""
    key, data = f"canary/{secrets.token_hex(8)}", secrets.token_bytes(64)
    await storage.write(key, data, "application/octet-stream")
    try:
        if await storage.read(key, len(data)) != data:
            raise StorageUnavailable(reason="other bytes came back than were written")
    finally:
        await storage.delete(key)
