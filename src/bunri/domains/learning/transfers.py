"""Cards that are brought along in a file, and decks that are taken away as one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


class ImportFormat(StrEnum):
    APKG = "apkg"
    COLPKG = "colpkg"
    CSV = "csv"
    JSON = "json"


class ExportFormat(StrEnum):
    APKG = "apkg"
    CSV = "csv"
    JSON = "json"


class TransferState(StrEnum):
    CREATED = "created"
    """The file is waited for."""
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Import:
    """``deck_id``: into a deck that is there; ``deck_name``: into one new deck; neither: into one deck for each of the
    file. ``decks``: which deck each of the file's went into, by name. ``position``: cards of the file that are done."""

    id: UUID
    owner: str
    format: ImportFormat
    size: int
    created_at: datetime
    deck_id: UUID | None = None
    deck_name: str | None = None
    state: TransferState = TransferState.CREATED
    progress: int = 0
    position: int = 0
    decks: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    attempt: int = 0
    lease_until: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeckExport:
    """``size`` in bytes, once it is done."""

    id: UUID
    owner: str
    deck_id: UUID
    format: ExportFormat
    created_at: datetime
    state: TransferState = TransferState.WAITING
    progress: int = 0
    size: int | None = None
    error: str | None = None
    attempt: int = 0
    lease_until: datetime | None = None
    expires_at: datetime | None = None


IMPORTS: Final = "imports/"
DECK_EXPORTS: Final = "deck-exports/"
"""Folders of the object store."""


def import_key(import_id: UUID) -> str:
    return f"{IMPORTS}{import_id}"


def export_key(export: DeckExport) -> str:
    return f"{DECK_EXPORTS}{export.id}.{export.format}"
