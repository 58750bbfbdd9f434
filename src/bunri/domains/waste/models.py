"""Tables of the schema ``waste``."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import BIT, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.platform.db import metadata, outbox_table


class Base(DeclarativeBase):
    metadata = metadata("waste")


class Job(Base):
    """One analysis. The row is the truth; Valkey mirrors it for polling."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_owner_id_idx", "owner", text("id desc")),
        Index("jobs_sha256_idx", "sha256"),
        Index("jobs_created_at_idx", "created_at"),
        Index("jobs_lease_until_idx", "lease_until", postgresql_where=text("lease_until is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    note: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    region: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    crashes: Mapped[int] = mapped_column(SmallInteger)
    revision: Mapped[int] = mapped_column(Integer)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    items: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    cached: Mapped[str | None] = mapped_column(Text)
    eyes: Mapped[str | None] = mapped_column(Text)
    models: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    kept: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Fingerprint(Base):
    """What was seen in a photo, under its exact and its perceptual hash. Says nothing about a person."""

    __tablename__ = "fingerprints"
    __table_args__ = (UniqueConstraint("sha256", "eyes"), Index("fingerprints_created_at_idx", "created_at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    phash: Mapped[str] = mapped_column(BIT(256))
    eyes: Mapped[str] = mapped_column(Text)
    own: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sight: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Band(Base):
    """Sixteen 16-bit bands of each pHash, ``j << 16 | bits``: two hashes within 15 bits share a band exactly.

    Multi-index hashing (Norouzi, Punjani & Fleet 2012) by the pigeonhole principle. The whole hash stands in the key's
    index, so that candidates are sifted without a look at any table.
    """

    __tablename__ = "bands"

    band: Mapped[int] = mapped_column(Integer, primary_key=True)
    fingerprint_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("waste.fingerprints.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    phash: Mapped[str] = mapped_column(BIT(256))


class Correction(Base):
    """What a person said an item really is."""

    __tablename__ = "corrections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("waste.jobs.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    was: Mapped[str | None] = mapped_column(Text)
    said: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Example(Base):
    """What an item of a photo is, in the last word of a person who let us keep the picture to teach the eyes.

    It outlives its job, so no foreign key; the picture is ``objects.example_key(job_id)``. Consent can be taken back,
    with the job or long after it, so a row must know whose it is without saying so: ``giver`` is an HMAC-SHA256 of the
    owner's id, and nothing else here leads to a person. No words that were typed, no place, no district.
    """

    __tablename__ = "examples"
    __table_args__ = (Index("examples_giver_idx", "giver"),)

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    giver: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str] = mapped_column(Text)
    box: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    item: Mapped[str | None] = mapped_column(Text)
    material: Mapped[str] = mapped_column(Text)
    form: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    seen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """``label``, ``confidence`` and ``candidates`` of the eyes; null where a person's word had replaced them before."""
    models: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


outbox = outbox_table(Base.metadata)
