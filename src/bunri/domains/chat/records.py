"""What chat's repository gives and takes: frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID


class RoomKind(StrEnum):
    """Who finds a room, and who may come in."""

    PUBLIC = "public"
    """Everybody, by the list."""
    AREA = "area"
    """As public; there is one for each neighbourhood."""
    PRIVATE = "private"
    """Who was invited."""
    BUILDING = "building"
    CLASS = "class"
    """As private: a building's people, a teacher's pupils."""

    @property
    def is_open(self) -> bool:
        return self in (RoomKind.PUBLIC, RoomKind.AREA)


class Role(StrEnum):
    OWNER = "owner"
    MODERATOR = "moderator"
    MEMBER = "member"

    @property
    def moderates(self) -> bool:
        return self != Role.MEMBER


class MessageType(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    FILE = "file"
    VERDICT = "verdict"
    """Of the coach, on a photo of the room."""
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Room:
    """``last_seq``: of its newest message; ``last_rev``: of its newest change, a message's edit or removal included."""

    id: UUID
    kind: RoomKind
    name: str
    area: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    last_seq: int = 0
    last_rev: int = 0
    last_at: datetime | None = None
    closed_at: datetime | None = None
    slow_s: int = 0
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a room. ``read_seq``: up to where they have read."""

    room_id: UUID
    person: str
    name: str
    role: Role
    joined_at: datetime
    read_seq: int = 0
    muted_until: datetime | None = None
    last_sent_at: datetime | None = None
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """``reactions``: by emoji, who. A removed one keeps its place and nothing else."""

    id: UUID
    room_id: UUID
    seq: int
    rev: int
    client_id: str | None
    sender: str
    sender_name: str
    type: MessageType
    content: str
    created_at: datetime
    reply_to: UUID | None = None
    mentions: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    """Of a poll its choices, of a verdict what it says."""
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A room and the caller's place in it, None for who is no member; and whether they may not come back."""

    room: Room
    member: Member | None
    banned_until: datetime | None = None
