"""Object storage for photos: a directory or S3, both with presigned uploads."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from bunri.platform.storage.errors import (
    BadKey,
    ObjectMissing,
    ObjectTooLarge,
    StorageFull,
    StorageUnavailable,
    TicketExpired,
    TicketInvalid,
    WrongSize,
    WrongType,
)
from bunri.platform.storage.local import LocalStorage
from bunri.platform.storage.protocol import ObjectStat, Storage, UploadTicket

__all__ = [
    "BadKey",
    "LocalStorage",
    "ObjectMissing",
    "ObjectStat",
    "ObjectTooLarge",
    "Storage",
    "StorageFull",
    "StorageUnavailable",
    "TicketExpired",
    "TicketInvalid",
    "UploadTicket",
    "WrongSize",
    "WrongType",
    "open_storage",
]


def open_storage(url: str, *, secret: str, within_s: float | None = None) -> Storage:
    """The store at ``url``: ``file:///FOLDER`` signed with ``secret``, or ``s3://…`` (S3Address.parse has the form).

    ``within_s``: a store over a network has so long for an answer, and one try; else as long as large files take.
    Raises ValueError for any other.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStorage(Path(unquote(parts.path)), secret)
    if parts.scheme == "s3":
        from bunri.platform.storage.s3 import S3Address, S3Storage  # boto3 is heavy and often not needed

        return S3Storage(S3Address.parse(url), within_s=within_s)
    raise ValueError(f"storage is file:///FOLDER or s3://…, not {parts.scheme}://")
