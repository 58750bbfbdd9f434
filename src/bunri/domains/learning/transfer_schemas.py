"""What is said of cards that are brought along and decks that are taken away."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bunri.domains.learning.schemas import OneLine
from bunri.domains.learning.transfers import DeckExport, ExportFormat, Import, ImportFormat, TransferState
from bunri.kit.languages import Language, text


class ImportIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: ImportFormat = Field(description="`csv` is for tables with tabs, too.")
    size: int = Field(ge=1, le=2**40, description="Bytes of the file.")
    deck_id: UUID | None = Field(None, description="Into this deck; none: into one for each of the file.")
    deck_name: OneLine | None = Field(None, description="Into one deck, which is called so.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.deck_id and self.deck_name:
            raise ValueError("either a deck that is there or a new one")
        return self


class LeftOut(BaseModel):
    """What of the file could not be kept as it was."""

    kind: str
    count: int
    examples: list[str] = Field(description="Beginnings of some of the cards.")
    text: str


class ImportOut(BaseModel):
    id: UUID
    format: ImportFormat
    state: TransferState = Field(description="`created`: the file is waited for.")
    progress: int = Field(description="Per cent.")
    counts: dict[str, int] = Field(description="`added`, `updated`, `unchanged`, `left_out`, `pictures`, `reviews`.")
    report: list[LeftOut]
    deck_ids: list[UUID] = Field(description="The decks that the cards went into.")
    error: str | None = Field(description="Of one that failed: the code of what was wrong, and a sentence.")
    message: str | None
    created_at: datetime
    ended_at: datetime | None


class ImportTicket(BaseModel):
    """Where and how to send the file, as for a photo that is to be analysed."""

    import_id: UUID
    upload_url: str
    upload_method: Literal["PUT"] = "PUT"
    upload_headers: dict[str, str]
    upload_fields: dict[str, str] = Field(default_factory=dict, description="Form fields; empty for PUT.")
    expires_at: datetime


class DeckExportIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    deck_id: UUID
    format: ExportFormat


class DeckExportOut(BaseModel):
    id: UUID
    deck_id: UUID
    format: ExportFormat
    state: TransferState
    progress: int = Field(description="Per cent.")
    size: int | None = Field(description="Bytes.")
    download_url: str | None = Field(description="Good until `expires_at`.")
    error: str | None
    message: str | None
    created_at: datetime
    expires_at: datetime | None


def import_out(one: Import, language: Language, **data: object) -> ImportOut:
    """``data``: what the sentences of errors name."""
    return ImportOut(
        id=one.id,
        format=one.format,
        state=one.state,
        progress=one.progress,
        counts=dict(one.counts),
        report=[
            LeftOut(
                kind=kind,
                count=found["count"],
                examples=found["examples"],
                text=text(f"learning.left_out.{kind}", language, count=found["count"]),
            )
            for kind, found in one.report.items()
        ],
        deck_ids=list(dict.fromkeys(UUID(each) for each in one.decks.values())),
        error=one.error,
        message=text(f"errors.{one.error}", language, **data) if one.error else None,
        created_at=one.created_at,
        ended_at=one.ended_at,
    )


def export_out(one: DeckExport, url: str | None, language: Language) -> DeckExportOut:
    return DeckExportOut(
        id=one.id,
        deck_id=one.deck_id,
        format=one.format,
        state=one.state,
        progress=one.progress,
        size=one.size,
        download_url=url,
        error=one.error,
        message=text(f"errors.{one.error}", language) if one.error else None,
        created_at=one.created_at,
        expires_at=one.expires_at,
    )
