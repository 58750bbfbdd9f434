"""What chat's repository gives and takes: frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from bunri.kit.languages import Language


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
    """What a thing is, or the question; by the coach, or about somebody's photo."""
    POLL = "poll"
    BIN = "bin"
    """What somebody found of a bin."""


class BinState(StrEnum):
    """What somebody found of a bin."""

    OK = "ok"
    FULL = "full"
    GONE = "gone"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Room:
    """``last_seq``: of its newest message; ``last_rev``: of its newest change, a message's edit or removal included.

    ``first_seq``: of the oldest message that is still kept; ``keep_days``: for how long they are. ``words``: those that
    its moderators want to read nowhere. ``notified_seq``: up to where people's devices were told; ``notice_at``: since
    when somebody is about to tell them of more.
    """

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
    first_seq: int = 1
    keep_days: int | None = None
    words: Sequence[str] = ()
    notified_seq: int = 0
    notice_at: datetime | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message before it has a place in its room."""

    sender: str
    sender_name: str
    type: MessageType
    content: str
    client_id: str | None = None
    reply_to: UUID | None = None
    mentions: Sequence[str] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A removed one keeps its place and nothing else. ``reported``: so many found it wrong that it is folded until
    somebody has looked at it."""

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
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody found a message wrong. ``name``: of who it was, as the room knows them; empty for who has left."""

    person: str
    name: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Action:
    """What a moderator did, and to whom. The names are those of members; empty for who has left."""

    id: UUID
    actor: str
    actor_name: str
    kind: str
    target: str | None
    target_name: str
    until: datetime | None
    details: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Ban:
    """Who may not come back into a room before ``until``. ``name``: as the room knew them; empty for who was no member
    when it was said."""

    person: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that is good. ``invited_by``: the name of who made it; empty for who has left the room."""

    room_id: UUID
    invited_by: str
    expires_at: datetime


class FileKind(StrEnum):
    IMAGE = "image"
    """What was made of a picture: it can be shown."""
    FILE = "file"
    """Anything else: it can be downloaded."""


@dataclass(frozen=True, slots=True)
class RoomFile:
    """A file of a room, from when it was announced on. ``size`` in bytes: as announced, and once it was looked at, of
    what is kept. ``kind`` and, of a picture, ``width`` and ``height`` are known from then on, too.

    ``message_id``: of the message that has it. ``removed_at``: since when nobody sees it; the row goes with the last of
    its objects. ``lease_until``: until when somebody may be at work on its objects.
    """

    id: UUID
    room_id: UUID
    owner: str
    name: str
    content_type: str
    size: int
    created_at: datetime
    sha256: bytes | None = None
    kind: FileKind | None = None
    width: int | None = None
    height: int | None = None
    completed_at: datetime | None = None
    message_id: UUID | None = None
    removed_at: datetime | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser that may be told of new messages, and the session in which it said so."""

    id: UUID
    person: str
    session_id: UUID
    endpoint: str
    p256dh: bytes
    auth: bytes
    language: Language
    shows_text: bool
    seen_at: datetime


class Listener(NamedTuple):
    """A subscription of a member who wants to be told of a room, and up to where they have read."""

    subscription_id: UUID
    person: str
    read_seq: int


class Notice(NamedTuple):
    """What a subscription is to be told of a room."""

    subscription_id: UUID
    room_id: UUID
    seq: int
    mentioned: bool


class DueNotice(NamedTuple):
    """One that somebody has in hand now, with all that it tells. ``unread``: messages; ``message`` is None when it was
    removed meanwhile."""

    notice: Notice
    attempts: int
    created_at: datetime
    subscription: Subscription
    room_name: str
    unread: int
    message: Message | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A room and the caller's place in it, None for who is no member; and whether they may not come back."""

    room: Room
    member: Member | None
    banned_until: datetime | None = None


class QuestionState(StrEnum):
    LOOKING = "looking"
    """The coach has not said anything yet."""
    OPEN = "open"
    SETTLED = "settled"
    UNDECIDED = "undecided"
    """Nobody knew in time, or it is none of the choices."""
    FAILED = "failed"
    """The photo could not be looked at."""


class SettledBy(StrEnum):
    COACH = "coach"
    """It was sure. Neighbours may still find otherwise."""
    ROOM = "room"
    """The room has seen nearly the same photo before, and knew. Likewise."""
    NEIGHBOURS = "neighbours"
    OWNER = "owner"
    """Whose photo it is."""

    @property
    def is_final(self) -> bool:
        return self in (SettledBy.NEIGHBOURS, SettledBy.OWNER)


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """``prior``: how likely the coach took it."""

    value: str
    label: str
    prior: float
    hazard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a room is asked about an item of a photo. ``about``: the message with the photo, where it was sent into the
    room; ``message_id``: the one that asks, once there is one."""

    id: UUID
    room_id: UUID
    message_id: UUID | None = None
    about: UUID | None = None
    job_id: UUID
    position: int
    owner: str
    language: Language
    state: QuestionState
    choices: Sequence[QuestionChoice] = ()
    answer: int | None = None
    settled_by: SettledBy | None = None
    item: str | None = None
    phash: bytes | None = None
    asked_at: datetime
    tries: int = 0
    closes_at: datetime
    settled_at: datetime | None = None

    def takes_votes(self, now: datetime) -> bool:
        """Until its time is over, or those have spoken who know."""
        asked = self.state in (QuestionState.OPEN, QuestionState.SETTLED)
        return asked and now < self.closes_at and not (self.settled_by and self.settled_by.is_final)
