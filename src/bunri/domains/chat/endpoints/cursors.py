"""Where a page of messages or rooms begins: a number or a time, as what was given before."""

import base64
from datetime import datetime
from uuid import UUID

from bunri.kit.cursor import BadCursor
from bunri.kit.ids import parse_id


def of_seq(seq: int) -> str:
    """The cursor of a message's number."""
    return f"s{seq}"


def seq_or_time(cursor: str) -> int | datetime:
    """A cursor of ours, or a time as clients of old send it. Raises BadCursor."""
    if cursor[:1] == "s" and cursor[1:].isascii() and cursor[1:].isdigit() and len(cursor) < 20:
        return int(cursor[1:])
    return _time(cursor)


def seq_of(cursor: str) -> int:
    """Raises BadCursor."""
    found = seq_or_time(cursor)
    if isinstance(found, datetime):
        raise BadCursor
    return found


def of_room(updated_at: datetime, room_id: UUID) -> str:
    """The cursor of a place in the list of rooms."""
    return base64.urlsafe_b64encode(f"{updated_at.isoformat()} {room_id}".encode()).rstrip(b"=").decode()


def room_or_time(cursor: str) -> tuple[datetime, UUID] | datetime:
    """Raises BadCursor."""
    try:
        at, _, room = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(" ")
        room_id = parse_id(room)
        if room_id:
            return _time(at), room_id
    except ValueError:
        pass
    return _time(cursor)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not escaped
    except ValueError:
        raise BadCursor from None
    if at.tzinfo is None or not 1970 <= at.year < 3000:
        raise BadCursor
    return at
