"""What an archive says of itself: in it everything, and beside it what may be known without its key."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = 1
"""Of the archives that this version writes. It reads this one and older ones."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Preface(_Frozen):
    """The first part of each archive, in every version: enough to say that it is too new."""

    format: int
    bunri: str
    """The version that wrote it."""


class Part(_Frozen):
    """A file in the archive. ``sha256`` in hexadecimal."""

    size: int
    sha256: str
    content_type: str | None = None
    """Of an object of the store."""


class SchemaManifest(_Frozen):
    """A domain's schema at the moment of the backup."""

    revision: str
    """The newest migration that it had."""
    rows: dict[str, int]
    """By table."""


class ClusterManifest(_Frozen):
    """A copy of PostgreSQL's files, from which its log leads to any later moment."""

    system: str
    """PostgreSQL's own identifier of the cluster, that its log belongs to."""
    first_segment: str
    """The oldest file of the log that is needed."""
    copied_at: datetime
    """The earliest moment that can be restored from it."""


class Manifest(Preface):
    """The last part of an archive: what each part must be, and what came from where."""

    created_at: datetime
    """When the snapshot of the database was taken."""
    postgres: str
    secret: str
    """A fingerprint of BUNRI_SECRET, from which nothing of it follows."""
    schemas: dict[str, SchemaManifest]
    parts: dict[str, Part]
    cluster: ClusterManifest | None = None

    @property
    def rows(self) -> int:
        return sum(sum(schema.rows.values()) for schema in self.schemas.values())

    @property
    def objects(self) -> int:
        return sum(name.startswith("objects/") for name in self.parts)


class Summary(Preface):
    """The file beside an archive (``NAME.json``), not encrypted. An archive is complete once it is there."""

    name: str
    created_at: datetime
    size: int = Field(description="Bytes of the archive.")
    sha256: str = Field(description="Of the archive as it lies there, so that damage is seen without a key.")
    encrypted: bool
    seconds: float
    """That making it took."""
    rows: int
    objects: int
    cluster: ClusterManifest | None = None


class DrillResult(_Frozen):
    """The last drill (``drill.json``)."""

    name: str
    """Of the archive."""
    at: datetime
    """When it began."""
    ok: bool
    seconds: float
    rows: int = 0
    tables: int = 0
    picture: str | None = None
    """The object that was opened; None: the archive has no picture."""
    code: str | None = None
    """Why it failed."""
