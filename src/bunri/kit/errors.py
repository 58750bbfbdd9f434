"""The hierarchy of expected failures.

    BunriError
    ├── Invalid          the caller's input is wrong             (HTTP 422)
    ├── Unauthenticated  nobody knows who is calling             (401)
    ├── Forbidden        known, but not allowed                  (403)
    ├── Missing          does not exist, or belongs to another; callers cannot tell which (404)
    ├── Conflict         right input at the wrong moment         (409)
    ├── TooLarge         more bytes or pixels than allowed       (413)
    ├── Unsupported      a media type that is not supported      (415)
    ├── Limited          too many requests                       (429)
    └── Unavailable      a part of the product does not answer; try later (503)
        └── Full         no room is left to store anything; what is there can still be read (507)

Each concrete error has a stable ``code``. Its sentence lives in the catalogues under ``errors.<code>`` and is
filled from ``data``; only the edge knows HTTP statuses and the caller's language.
"""

import errno
from typing import ClassVar, Final

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says where a disk, or somebody's share of it, is full."""


class BunriError(Exception):
    """An expected failure: a stable code, data for its sentence, and whether trying again can help."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, **data: object) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        return f"{self.code} {self.data}" if self.data else self.code


class Invalid(BunriError):
    code = "invalid"


class Unauthenticated(BunriError):
    code = "unauthenticated"


class Forbidden(BunriError):
    code = "forbidden"


class Missing(BunriError):
    code = "missing"


class Conflict(BunriError):
    code = "conflict"


class TooLarge(BunriError):
    code = "too_large"


class Unsupported(BunriError):
    code = "unsupported"


class Limited(BunriError):
    code = "limited"
    retryable = True


class Unavailable(BunriError):
    code = "unavailable"
    retryable = True


class Full(Unavailable):
    code = "storage_full"
