"""Tables of the schema ``learning``. Only the repository uses them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.domains.learning.schedule import HARD_LAPSES
from bunri.platform.db import metadata, outbox_table
from bunri.platform.mail.table import mails_table

_TIME = DateTime(timezone=True)
_DECK = "learning.decks.id"
_CARD = "learning.cards.id"


class Base(DeclarativeBase):
    metadata = metadata("learning")


class PersonRow(Base):
    """Somebody who learns: what their days and reminders follow from."""

    __tablename__ = "people"
    __table_args__ = (Index("people_remind_at_idx", "remind_at", postgresql_where=text("remind_at is not null")),)

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    zone: Mapped[str] = mapped_column(Text)
    rollover: Mapped[int] = mapped_column(SmallInteger)
    region: Mapped[str | None] = mapped_column(Text)
    building: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    new_a_day: Mapped[int] = mapped_column(SmallInteger)
    reviews_a_day: Mapped[int] = mapped_column(SmallInteger)
    retention: Mapped[float] = mapped_column(Double)
    parameters: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    week_goal: Mapped[int] = mapped_column(SmallInteger)
    makes_cards: Mapped[bool] = mapped_column(Boolean)
    reminder_hour: Mapped[int | None] = mapped_column(SmallInteger)
    remind_by: Mapped[str] = mapped_column(Text, server_default="mail")
    remind_at: Mapped[datetime | None] = mapped_column(_TIME)
    paused_until: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(_TIME)


class DeckRow(Base):
    """Without an owner: made from the rule table, for everybody of a district and a language."""

    __tablename__ = "decks"
    __table_args__ = (
        Index(
            "decks_starter_idx",
            "kind",
            "region",
            "language",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("owner is null"),
        ),
        Index("decks_share_idx", "share_hash", unique=True, postgresql_where=text("share_hash is not null")),
        Index("decks_owner_idx", "owner"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    rule_version: Mapped[str | None] = mapped_column(Text)
    share_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    updated_at: Mapped[datetime] = mapped_column(_TIME)


class ClassRow(Base):
    """A deck that is entered by a code, and erased after a day."""

    __tablename__ = "classes"
    __table_args__ = (Index("classes_ends_on_idx", "ends_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    deck_id: Mapped[UUID] = mapped_column(ForeignKey(_DECK, ondelete="CASCADE"), unique=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    ends_on: Mapped[date] = mapped_column(Date)
    has_room: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(_TIME)


class ClassHandoverRow(Base):
    """A class's teacher has made a link for another one; ``person`` is who accepted it."""

    __tablename__ = "class_handovers"
    __table_args__ = (Index("class_handovers_person_idx", "person", postgresql_where=text("person is not null")),)

    class_id: Mapped[UUID] = mapped_column(ForeignKey("learning.classes.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = mapped_column(_TIME)
    person: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    accepted_at: Mapped[datetime | None] = mapped_column(_TIME)


class RoomToLeaveRow(Base):
    """Somebody is in a class no longer, or nobody is: ``person`` is empty. The row stays until chat knows it."""

    __tablename__ = "rooms_to_leave"

    class_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(_TIME)


class MemberRow(Base):
    """Somebody who learns a deck; its owner is one."""

    __tablename__ = "members"
    __table_args__ = (Index("members_person_idx", "person"),)

    deck_id: Mapped[UUID] = mapped_column(ForeignKey(_DECK, ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(_TIME)
    shows_week: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class CardRow(Base):
    """A question and its answer. Cards of one note (front and back turned round) are never asked on one day."""

    __tablename__ = "cards"
    __table_args__ = (
        Index("cards_deck_idx", "deck_id", "position", "id"),
        Index("cards_note_idx", "note_id"),
        Index(
            "cards_origin_idx",
            "deck_id",
            "origin",
            "origin_id",
            unique=True,
            postgresql_where=text("origin_id is not null"),
        ),
        Index("cards_pending_idx", "deck_id", "id", postgresql_where=text("pending")),
        Index("cards_item_idx", "item", postgresql_where=text("item is not null")),
        Index("cards_grams_idx", "grams", postgresql_using="gin"),
        Index("cards_initials_idx", "initials", postgresql_using="gin"),
        Index("cards_media_idx", "media", postgresql_using="gin", postgresql_where=text("media <> '{}'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    deck_id: Mapped[UUID] = mapped_column(ForeignKey(_DECK, ondelete="CASCADE"))
    note_id: Mapped[UUID] = mapped_column()
    guid: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    front: Mapped[str] = mapped_column(Text)
    back: Mapped[str] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text))
    accepted: Mapped[list[str]] = mapped_column(ARRAY(Text))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    media: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    item: Mapped[str | None] = mapped_column(Text)
    material: Mapped[str | None] = mapped_column(Text)
    rule_hash: Mapped[str | None] = mapped_column(Text)
    edited: Mapped[bool] = mapped_column(Boolean)
    before: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(_TIME)
    origin: Mapped[str] = mapped_column(Text)
    origin_id: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    author: Mapped[str | None] = mapped_column(Text)
    pending: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))
    initials: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(_TIME)
    updated_at: Mapped[datetime] = mapped_column(_TIME)
    removed_at: Mapped[datetime | None] = mapped_column(_TIME)


class MemoryRow(Base):
    """What a person remembers of a card: follows from the log, and is kept because it is asked for so often."""

    __tablename__ = "memories"
    __table_args__ = (
        Index("memories_card_idx", "card_id"),
        Index("memories_steps_idx", "person", "due_at", postgresql_where=text("state in (1, 3) and not suspended")),
        Index(
            "memories_due_idx",
            "person",
            "due_day",
            postgresql_include=["card_id", "note_id", "deck_id", "last_day", "stability"],
            postgresql_where=text("state = 2 and not suspended"),
        ),
        Index(
            "memories_new_idx",
            "person",
            "position",
            "card_id",
            postgresql_include=["note_id", "deck_id"],
            postgresql_where=text("state = 0 and not suspended"),
        ),
        Index(
            "memories_evening_idx",
            "person",
            "material",
            text("(due_day - interval / 10)"),
            postgresql_where=text("state = 2 and not suspended and material is not null"),
        ),
        Index("memories_last_idx", "person", "last_day"),
        Index("memories_hard_idx", "person", postgresql_where=text(f"lapses >= {HARD_LAPSES}")),
    )

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    card_id: Mapped[UUID] = mapped_column(ForeignKey(_CARD, ondelete="CASCADE"), primary_key=True)
    deck_id: Mapped[UUID] = mapped_column()
    note_id: Mapped[UUID] = mapped_column()
    material: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(SmallInteger)
    step: Mapped[int | None] = mapped_column(SmallInteger)
    stability: Mapped[float | None] = mapped_column(Double)
    difficulty: Mapped[float | None] = mapped_column(Double)
    due_day: Mapped[date | None] = mapped_column(Date)
    due_at: Mapped[datetime | None] = mapped_column(_TIME)
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    last_at: Mapped[datetime | None] = mapped_column(_TIME)
    interval: Mapped[int] = mapped_column(Integer)
    reviews: Mapped[int] = mapped_column(Integer)
    lapses: Mapped[int] = mapped_column(Integer)
    suspended: Mapped[bool] = mapped_column(Boolean)


class ReviewRow(Base):
    """The log: rows are added, and taken back by ``undone_at``."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("reviews_card_idx", "person", "card_id", "reviewed_at", "id"),
        Index(
            "reviews_day_idx",
            "person",
            "day",
            postgresql_include=["card_id", "seconds", "recalled"],
            postgresql_where=text("kind = 'review' and undone_at is null"),
        ),
        Index("reviews_newest_idx", "person", text("received_at desc"), text("id desc")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Text)
    card_id: Mapped[UUID] = mapped_column(ForeignKey(_CARD, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    reviewed_at: Mapped[datetime] = mapped_column(_TIME)
    day: Mapped[date] = mapped_column(Date)
    seconds: Mapped[float | None] = mapped_column(REAL)
    answer: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(_TIME)
    undone_at: Mapped[datetime | None] = mapped_column(_TIME)
    recalled: Mapped[bool | None] = mapped_column(Boolean)


class WeeklyTestRow(Base):
    """What somebody is asked in one week."""

    __tablename__ = "tests"
    __table_args__ = (Index("tests_week_idx", "person", "week", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Text)
    week: Mapped[date] = mapped_column(Date)
    made_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    completed_at: Mapped[datetime | None] = mapped_column(_TIME)


class WeeklyTestQuestionRow(Base):
    """A question keeps what its card said when the test was made."""

    __tablename__ = "test_questions"
    __table_args__ = (Index("test_questions_card_idx", "card_id"),)

    test_id: Mapped[UUID] = mapped_column(ForeignKey("learning.tests.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey(_CARD, ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    statement: Mapped[str | None] = mapped_column(Text)
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text))
    answer: Mapped[str] = mapped_column(Text)
    accepted: Mapped[list[str]] = mapped_column(ARRAY(Text))
    material: Mapped[str | None] = mapped_column(Text)
    given: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None] = mapped_column(SmallInteger)
    answered_at: Mapped[datetime | None] = mapped_column(_TIME)


class MediaRow(Base):
    """A picture that cards of a deck show."""

    __tablename__ = "media"
    __table_args__ = (
        Index("media_deck_idx", "deck_id", "sha256", unique=True),
        Index("media_owner_idx", "owner", postgresql_where=text("owner is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    deck_id: Mapped[UUID] = mapped_column(ForeignKey(_DECK, ondelete="CASCADE"))
    owner: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(_TIME)


class RemovedObjectRow(Base):
    """An object of the store that nobody needs any more: the row stays until it is gone."""

    __tablename__ = "removed_objects"
    __table_args__ = (Index("removed_objects_removed_at_idx", "removed_at"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    removed_at: Mapped[datetime] = mapped_column(_TIME)


class ImportRow(Base):
    """Cards that somebody brings along in a file. ``position``: how many of its cards are in their decks."""

    __tablename__ = "imports"
    __table_args__ = (
        Index("imports_owner_idx", "owner", "created_at"),
        Index("imports_open_idx", "lease_until", postgresql_where=text("ended_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    deck_id: Mapped[UUID | None] = mapped_column()
    deck_name: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    progress: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(Integer)
    decks: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    error: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    lease_until: Mapped[datetime | None] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)


class ExportRow(Base):
    """A deck that somebody takes away as a file."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("exports_owner_idx", "owner", "created_at"),
        Index("exports_open_idx", "lease_until", postgresql_where=text("expires_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    deck_id: Mapped[UUID] = mapped_column()
    format: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    progress: Mapped[int] = mapped_column(SmallInteger)
    size: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    lease_until: Mapped[datetime | None] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    expires_at: Mapped[datetime | None] = mapped_column(_TIME)


class RuleChangeRow(Base):
    """A rule changed, and those who learn its card are not all told yet: up to and with ``told_until`` they are."""

    __tablename__ = "rule_changes"

    card_id: Mapped[UUID] = mapped_column(ForeignKey(_CARD, ondelete="CASCADE"), primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(_TIME, primary_key=True)
    told_until: Mapped[str] = mapped_column(Text)


class ReminderRow(Base):
    """Somebody was reminded on a day of their calendar."""

    __tablename__ = "reminders"
    __table_args__ = (Index("reminders_day_idx", "day"),)

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(_TIME)


class ReminderNoticeRow(Base):
    """A reminder on its way to one device of a person. The row goes when it was told, or is no more use."""

    __tablename__ = "reminder_notices"
    __table_args__ = (Index("reminder_notices_due_idx", "next_attempt_at"),)

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(Text)
    due: Mapped[int] = mapped_column(Integer)
    collection: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime] = mapped_column(_TIME)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    next_attempt_at: Mapped[datetime] = mapped_column(_TIME)


outbox = outbox_table(Base.metadata)
mails = mails_table(Base.metadata)
