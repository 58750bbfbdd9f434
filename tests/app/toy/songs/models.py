"""Tables of the schema ``songs``."""

from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.platform.db import metadata


class Base(DeclarativeBase):
    metadata = metadata("songs")


class SongRow(Base):
    __tablename__ = "songs"

    title: Mapped[str] = mapped_column(Text, primary_key=True)
    singer: Mapped[str] = mapped_column(Text)
