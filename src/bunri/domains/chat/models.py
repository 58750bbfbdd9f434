"""Tables of the schema ``chat``. Only the repository uses them."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.platform.db import metadata, outbox_table

_TIME = DateTime(timezone=True)
_ROOM = "chat.rooms.id"


class Base(DeclarativeBase):
    metadata = metadata("chat")


class RoomRow(Base):
    __tablename__ = "rooms"
    __table_args__ = (
        Index("rooms_area_idx", "area", unique=True, postgresql_where=text("area is not null and closed_at is null")),
        Index("rooms_open_idx", text("updated_at desc"), "id", postgresql_where=text("kind in ('public', 'area')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    area: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    updated_at: Mapped[datetime] = mapped_column(_TIME)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    last_rev: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime | None] = mapped_column(_TIME)
    closed_at: Mapped[datetime | None] = mapped_column(_TIME)
    slow_s: Mapped[int] = mapped_column(Integer)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    first_seq: Mapped[int] = mapped_column(BigInteger)
    keep_days: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    notified_seq: Mapped[int] = mapped_column(BigInteger)
    notice_at: Mapped[datetime | None] = mapped_column(_TIME)


class MemberRow(Base):
    __tablename__ = "members"
    __table_args__ = (Index("members_person_idx", "person"),)

    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(_TIME)
    read_seq: Mapped[int] = mapped_column(BigInteger)
    muted_until: Mapped[datetime | None] = mapped_column(_TIME)
    last_sent_at: Mapped[datetime | None] = mapped_column(_TIME)
    notify: Mapped[bool] = mapped_column(Boolean)


class BanRow(Base):
    """Somebody who may not come back before ``until``."""

    __tablename__ = "bans"

    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    until: Mapped[datetime] = mapped_column(_TIME)
    name: Mapped[str] = mapped_column(Text)


class InviteRow(Base):
    """A link into a room that is not open; of its token the SHA-256 is kept."""

    __tablename__ = "invites"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"), index=True)
    created_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(_TIME)
    uses_left: Mapped[int] = mapped_column(Integer)


class MessageRow(Base):
    """``seq`` has no gaps in a room, ``rev`` is the room's number of the message's newest change."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("id"),
        Index(
            "messages_client_id_idx",
            "room_id",
            "sender",
            "client_id",
            unique=True,
            postgresql_where=text("client_id is not null"),
        ),
        Index("messages_rev_idx", "room_id", "rev"),
        Index("messages_grams_idx", "grams", postgresql_using="gin"),
        Index("messages_initials_idx", "initials", postgresql_using="gin"),
        Index("messages_mentions_idx", "mentions", postgresql_using="gin", postgresql_where=text("mentions <> '{}'")),
    )

    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column()
    rev: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[str | None] = mapped_column(Text)
    sender: Mapped[str] = mapped_column(Text)
    sender_name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    reply_to: Mapped[UUID | None] = mapped_column()
    mentions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    edited_at: Mapped[datetime | None] = mapped_column(_TIME)
    deleted_at: Mapped[datetime | None] = mapped_column(_TIME)
    reported: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    initials: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ReactionRow(Base):
    """What somebody said of a message by one sign: an emoji, or ``vote:<n>`` for a choice of a poll."""

    __tablename__ = "reactions"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("chat.messages.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    sign: Mapped[str] = mapped_column(Text, primary_key=True)


class RoomFileRow(Base):
    """A file that somebody sends into a room, before and after a message has it."""

    __tablename__ = "files"
    __table_args__ = (
        Index("files_owner_idx", "owner", "created_at"),
        Index("files_room_id_idx", "room_id"),
        Index("files_message_id_idx", "message_id"),
        Index("files_unused_idx", "created_at", postgresql_where=text("message_id is null and removed_at is null")),
        Index("files_removed_idx", "removed_at", postgresql_where=text("removed_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM))
    owner: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    kind: Mapped[str | None] = mapped_column(Text)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    completed_at: Mapped[datetime | None] = mapped_column(_TIME)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("chat.messages.id", ondelete="SET NULL"))
    removed_at: Mapped[datetime | None] = mapped_column(_TIME)
    lease_until: Mapped[datetime | None] = mapped_column(_TIME)


class ReportRow(Base):
    """Somebody found that a message should be looked at."""

    __tablename__ = "reports"
    __table_args__ = (Index("reports_open_idx", "message_id", postgresql_where=text("settled_at is null")),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("chat.messages.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    settled_at: Mapped[datetime | None] = mapped_column(_TIME)


class QuestionRow(Base):
    """What a room is asked about an item of a photo (records.Question)."""

    __tablename__ = "questions"
    __table_args__ = (
        Index("questions_message_id_idx", "message_id", unique=True),
        Index("questions_about_idx", "about", unique=True),
        Index("questions_job_id_idx", "job_id", "position"),
        Index("questions_room_id_idx", "room_id", text("settled_at desc")),
        Index("questions_owner_idx", "owner"),
        Index("questions_due_idx", "closes_at", postgresql_where=text("state in ('looking', 'open')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("chat.messages.id", ondelete="CASCADE"))
    about: Mapped[UUID | None] = mapped_column(ForeignKey("chat.messages.id", ondelete="CASCADE"))
    job_id: Mapped[UUID] = mapped_column()
    position: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answer: Mapped[int | None] = mapped_column(Integer)
    settled_by: Mapped[str | None] = mapped_column(Text)
    item: Mapped[str | None] = mapped_column(Text)
    phash: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(_TIME)
    tries: Mapped[int] = mapped_column(Integer)
    closes_at: Mapped[datetime] = mapped_column(_TIME)
    settled_at: Mapped[datetime | None] = mapped_column(_TIME)


class VoterRow(Base):
    """How often somebody's vote agreed with what a thing turned out to be."""

    __tablename__ = "voters"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    agreed: Mapped[int] = mapped_column(Integer)
    differed: Mapped[int] = mapped_column(Integer)


class ActionRow(Base):
    """What a moderator did, and to whom."""

    __tablename__ = "actions"
    __table_args__ = (Index("actions_room_id_idx", "room_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"))
    actor: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    target: Mapped[str | None] = mapped_column(Text)
    until: Mapped[datetime | None] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class SubscriptionRow(Base):
    """A browser that may be told of new messages while no page is open (Push API), as it was made in ``session_id``."""

    __tablename__ = "subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Text, index=True)
    session_id: Mapped[UUID] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(Text, unique=True)
    p256dh: Mapped[bytes] = mapped_column(LargeBinary)
    auth: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(Text)
    shows_text: Mapped[bool] = mapped_column(Boolean)
    seen_at: Mapped[datetime] = mapped_column(_TIME)


class NoticeRow(Base):
    """What a subscription is to be told of a room, or was told just now: its newest message, so that there is one row
    for both. ``next_attempt_at``: None once it is told."""

    __tablename__ = "notices"

    subscription_id: Mapped[UUID] = mapped_column(
        ForeignKey("chat.subscriptions.id", ondelete="CASCADE"), primary_key=True
    )
    room_id: Mapped[UUID] = mapped_column(ForeignKey(_ROOM, ondelete="CASCADE"), primary_key=True, index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    mentioned: Mapped[bool] = mapped_column(Boolean)
    attempts: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    next_attempt_at: Mapped[datetime | None] = mapped_column(_TIME, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(_TIME)


outbox = outbox_table(Base.metadata)
