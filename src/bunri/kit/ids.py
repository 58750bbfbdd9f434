"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that keys sort by the time they were made and indexes grow at one end."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A new UUIDv7 as the standard library's UUID."""
    return UUID(int=uuid_utils.uuid7().int)


def parse_id(text: str) -> UUID | None:
    """The UUID that ``text`` spells in its canonical 36-character form, or None."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
