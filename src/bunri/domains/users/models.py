"""Tables of the schema ``users``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.platform.db import metadata, outbox_table

_TIME = DateTime(timezone=True)


class Base(DeclarativeBase):
    metadata = metadata("users")


class Profile(Base):
    """What somebody has said of themselves. Who has said nothing has no row."""

    __tablename__ = "profiles"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    region: Mapped[str | None] = mapped_column(Text)
    building: Mapped[str | None] = mapped_column(Text)
    time_zone: Mapped[str | None] = mapped_column(Text)
    reminder_hour: Mapped[int | None] = mapped_column(SmallInteger)
    mails: Mapped[list[str]] = mapped_column(ARRAY(Text))
    teaches: Mapped[bool | None] = mapped_column()
    teaches_said_at: Mapped[datetime | None] = mapped_column(_TIME)
    avatar: Mapped[UUID | None] = mapped_column()


class Export(Base):
    """An archive of everything kept of a person, on its way or to be fetched."""

    __tablename__ = "exports"
    __table_args__ = (Index("exports_owner_idx", "owner"), Index("exports_created_at_idx", "created_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    progress: Mapped[int] = mapped_column(SmallInteger)
    size: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    expires_at: Mapped[datetime | None] = mapped_column(_TIME)


outbox = outbox_table(Base.metadata)
