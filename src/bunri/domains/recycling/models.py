"""Tables of the schema ``recycling``."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, SmallInteger, Text, Time, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.platform.db import metadata
from bunri.platform.db.outbox import outbox_table


class Base(DeclarativeBase):
    metadata = metadata("recycling")


class Version(Base):
    """A rule table that was in force once; one is active."""

    __tablename__ = "versions"
    __table_args__ = (Index("versions_active_idx", "active", unique=True, postgresql_where=text("active")),)

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    active: Mapped[bool] = mapped_column(Boolean)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RuleRow(Base):
    """A row of a version, as its file has it."""

    __tablename__ = "rules"

    version: Mapped[str] = mapped_column(ForeignKey("recycling.versions.version", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


class SearchTerm(Base):
    """One way to call an item of the active version, as keystrokes (words.py)."""

    __tablename__ = "terms"
    __table_args__ = (
        Index("terms_keys_idx", "keys", postgresql_ops={"keys": "text_pattern_ops"}),
        Index("terms_keys_trgm_idx", "keys", postgresql_using="gin", postgresql_ops={"keys": "gin_trgm_ops"}),
    )

    item: Mapped[str] = mapped_column(Text, primary_key=True)
    keys: Mapped[str] = mapped_column(Text, primary_key=True)
    spaced: Mapped[str] = mapped_column(Text)
    glued: Mapped[bool] = mapped_column(Boolean)
    position: Mapped[int] = mapped_column(Integer)


class CollectionDayRow(Base):
    """A material is put out on a weekday (0 is Monday). ``building`` is empty where it holds for the district."""

    __tablename__ = "collection_days"
    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        Index("collection_days_changed_by_idx", "changed_by", postgresql_where=text("changed_by is not null")),
    )

    region: Mapped[str] = mapped_column(Text, primary_key=True)
    building: Mapped[str] = mapped_column(Text, primary_key=True)
    material: Mapped[str] = mapped_column(Text, primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    begins: Mapped[time | None] = mapped_column(Time)
    ends: Mapped[time | None] = mapped_column(Time)
    source: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


outbox = outbox_table(Base.metadata)
