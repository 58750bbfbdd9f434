"""Opaque cursors for keyset pages: the last row's id, so that a page costs the same at any depth."""

import base64
from uuid import UUID

from bunri.kit.errors import Invalid


class BadCursor(Invalid):
    code = "bad_cursor"


def encode(last: UUID) -> str:
    """The cursor that continues after ``last``: 22 URL-safe characters."""
    return base64.urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def decode(cursor: str) -> UUID:
    """The id inside ``cursor``; raises BadCursor when it is not one of ours."""
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except ValueError:
        raise BadCursor from None
