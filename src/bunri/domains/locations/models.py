"""Tables of the schema ``locations``."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, DateTime, Double, ForeignKey, Index, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from bunri.domains.locations.public import BinKind
from bunri.platform.db import metadata


class Cube(UserDefinedType[str]):
    """A point or box of the extension ``cube``."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "public.cube"


class Base(DeclarativeBase):
    metadata = metadata("locations")


class BinRow(Base):
    """A bin that takes one kind of waste. ``earth`` is its Cartesian position, computed by the database."""

    __tablename__ = "bins"
    __table_args__ = (
        CheckConstraint("lat between -90 and 90", name="lat"),
        CheckConstraint("lng between -180 and 180", name="lng"),
        Index("bins_earth_idx", "earth", postgresql_using="gist"),
        *(
            Index(f"bins_{column}_trgm_idx", column, postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"})
            for column in ("address", "name", "other_address")
        ),
        *(
            Index(f"bins_{kind}_idx", "earth", postgresql_using="gist", postgresql_where=text(f"kind = '{kind}'"))
            for kind in BinKind
        ),
        Index("bins_dataset_idx", "dataset", "reference", postgresql_where=text("dataset is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    other_address: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[float] = mapped_column(Double)
    lng: Mapped[float] = mapped_column(Double)
    source: Mapped[str] = mapped_column(Text)
    earth: Mapped[str] = mapped_column(Cube, Computed("locations.ecef(lat, lng)", persisted=True), deferred=True)
    hidden_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    full_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    doubted_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    dataset: Mapped[str | None] = mapped_column(Text)
    """The data set that it is pulled from, None for bins of files; and what it is called there."""
    reference: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    pull: Mapped[int | None] = mapped_column(BigInteger)
    """The number of the last pull that found it."""


class VoteRow(Base):
    """The last vote of one person on one bin."""

    __tablename__ = "votes"

    bin_id: Mapped[UUID] = mapped_column(ForeignKey("locations.bins.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True)
    vote: Mapped[str] = mapped_column(Text)
    cast_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RefreshRow(Base):
    """When a data set was last pulled by itself, in a region or (``""``) all of Korea, and when all of it came."""

    __tablename__ = "refreshes"

    dataset: Mapped[str] = mapped_column(Text, primary_key=True)
    region: Mapped[str] = mapped_column(Text, primary_key=True)
    tried_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    came_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
