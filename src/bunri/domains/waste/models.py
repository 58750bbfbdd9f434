"""Tables of the schema ``waste``. Only the repository uses them. Columns keep the names of the first version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
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

from bunri.domains.waste.states import OPEN
from bunri.platform.db import metadata, outbox_table


class WasteBase(DeclarativeBase):
    metadata = metadata("waste")


class JobRow(WasteBase):
    """One analysis (records.Job)."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_owner_id_idx", "owner", text("id desc")),
        Index("jobs_sha256_idx", "sha256"),
        Index("jobs_created_at_idx", "created_at"),
        Index("jobs_state_lease_until_idx", "state", "lease_until", postgresql_where=text("lease_until is not null")),
        Index("jobs_turn_idx", "turn", "id", postgresql_where=text("state = 'uploaded' and turn is not null")),
        Index("jobs_owner_turn_idx", "owner", "turn", postgresql_where=text(f"state in {tuple(map(str, OPEN))}")),
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
    turn: Mapped[int | None] = mapped_column(Integer)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    items: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    cached: Mapped[str | None] = mapped_column(Text)
    model_versions: Mapped[str | None] = mapped_column("eyes", Text)
    models: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    has_thumbnail: Mapped[bool] = mapped_column("kept", default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class FingerprintRow(WasteBase):
    """The vision result of a photo, under its exact and its perceptual hash. Says nothing about a person.

    ``unused`` is what our own models saw, which told near photos apart before they were compared by their pixels."""

    __tablename__ = "fingerprints"
    __table_args__ = (UniqueConstraint("sha256", "eyes"), Index("fingerprints_created_at_idx", "created_at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    phash: Mapped[str] = mapped_column(BIT(256))
    model_versions: Mapped[str] = mapped_column("eyes", Text)
    unused: Mapped[list[str]] = mapped_column("own", ARRAY(Text))
    vision: Mapped[dict[str, Any]] = mapped_column("sight", JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class BandRow(WasteBase):
    """Sixteen 16-bit bands of each pHash, ``j << 16 | bits``: two hashes within 15 bits share a band exactly.

    Multi-index hashing (Norouzi, Punjani & Fleet 2012) by the pigeonhole principle. The whole hash is in the key's
    index, so candidates are filtered without reading any table.
    """

    __tablename__ = "bands"

    band: Mapped[int] = mapped_column(Integer, primary_key=True)
    fingerprint_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("waste.fingerprints.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    phash: Mapped[str] = mapped_column(BIT(256))


class LandmarkRow(WasteBase):
    """The numbers of a photo's landmarks, which its crops and screenshots have in common with it."""

    __tablename__ = "landmarks"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    fingerprint_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("waste.fingerprints.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CorrectionRow(WasteBase):
    """What a person said an item really is (records.Correction)."""

    __tablename__ = "corrections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("waste.jobs.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    was: Mapped[str | None] = mapped_column(Text)
    user_input: Mapped[str] = mapped_column("said", Text)
    said_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class TrainingSampleRow(WasteBase):
    """What an item of a photo is, by a person who consented (records.TrainingSample). It outlives its job, so there is
    no foreign key."""

    __tablename__ = "examples"
    __table_args__ = (Index("examples_giver_idx", "giver"),)

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    contributor: Mapped[bytes] = mapped_column("giver", LargeBinary)
    kind: Mapped[str] = mapped_column(Text)
    box: Mapped[list[float] | None] = mapped_column(ARRAY(Double))
    item: Mapped[str | None] = mapped_column(Text)
    material: Mapped[str] = mapped_column(Text)
    form: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    seen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    models: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class FieldPhotoRow(WasteBase):
    """The features of a sample's photo, for one network (records.FieldPhoto). It goes with its sample, so that who
    takes back a sample takes back this, too."""

    __tablename__ = "field_photos"
    __table_args__ = (
        ForeignKeyConstraint(
            ["job_id", "position"], ["waste.examples.job_id", "waste.examples.position"], ondelete="CASCADE"
        ),
    )

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    network: Mapped[str] = mapped_column(Text, primary_key=True)
    features: Mapped[bytes] = mapped_column(LargeBinary)
    opinions: Mapped[dict[str, Any]] = mapped_column(JSONB)


class FieldVersionRow(WasteBase):
    """A version of this installation's field bank (records.FieldVersion): which samples are in it, and what they are
    worth. The samples themselves stay where they are."""

    __tablename__ = "field_versions"

    number: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    network: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    photos: Mapped[int] = mapped_column(Integer)
    worth: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


outbox = outbox_table(WasteBase.metadata)
