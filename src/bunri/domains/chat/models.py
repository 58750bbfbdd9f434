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
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    initials: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ReactionRow(Base):
    """What somebody said of a message by one sign: an emoji, or ``vote:<n>`` for a choice of a poll."""

    __tablename__ = "reactions"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("chat.messages.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    sign: Mapped[str] = mapped_column(Text, primary_key=True)


class ReportRow(Base):
    """Somebody found that a message should be looked at."""

    __tablename__ = "reports"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("chat.messages.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    settled_at: Mapped[datetime | None] = mapped_column(_TIME)


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


outbox = outbox_table(Base.metadata)
