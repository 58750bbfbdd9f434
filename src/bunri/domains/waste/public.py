"""The public interface of waste: what an analysis said, and what has happened to it."""

from typing import Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from bunri.kit.events import Event
from bunri.kit.json_bytes import JsonBytes
from bunri.kit.languages import Language
from bunri.kit.materials import Material

SaidBy = Literal["owner", "neighbours"]
"""Who says what an item is: the person whose photo it is, or others who voted on it in a room."""


class Uploaded(Event):
    """A photo is there and can be analysed."""

    topic = "waste.uploaded"
    job_id: UUID


class AnalysisDone(Event):
    """A photo has been answered, or asked about. Sent once for each analysis, not for later answers."""

    topic = "waste.analysis_done"
    job_id: UUID
    owner: str
    item: str
    asked: bool


class Corrected(Event):
    """A person has said what an item of an answered photo is, or that the result is right."""

    topic = "waste.corrected"
    job_id: UUID
    owner: str
    position: int
    was: str | None
    """Slug of the item that it was taken for; None when nothing had been recognised, or only a material."""
    now: str | None
    """Slug of the item that it is; None when the person named only a material, or said "none of these"."""
    material: Material
    kind: Literal["answer", "correct", "confirm"]
    said_by: SaidBy = "owner"


class VerdictItem(BaseModel):
    """One item of a photo: what it is and how to throw it away."""

    model_config = ConfigDict(frozen=True)

    item: str = Field(description="Slug of the item in the rule table.")
    name: str = Field(description="In the language of the analysis.")
    material: Material
    category: str
    category_name: str
    steps: tuple[str, ...]
    rule_id: str
    confidence: float = Field(ge=0, le=1, description="How likely the disposal is right.")
    asked: bool = Field(description="A question about it is still open.")


class Verdict(BaseModel):
    """What an answered analysis says now: an answer to its question or a correction changes it."""

    model_config = ConfigDict(frozen=True)

    job_id: UUID
    items: tuple[VerdictItem, ...] = Field(description="The main item first.")


class Possibility(BaseModel):
    """One thing that an item may be."""

    model_config = ConfigDict(frozen=True)

    value: str = Field(description="How an answer names it: the slug of an item, or a material.")
    label: str
    probability: float = Field(ge=0, le=1, description="By our models, before anybody has said anything.")
    hazard: bool = Field(description="Whether it harms people, or sets lorries on fire, in the wrong bag.")


class ItemInDoubt(BaseModel):
    """An item of a photo as others may be asked about it. Says nothing of its owner."""

    model_config = ConfigDict(frozen=True)

    job_id: UUID
    position: int
    text: str = Field(description="The question, in the language of the analysis.")
    answer: VerdictItem
    possibilities: tuple[Possibility, ...] = Field(description="Two or three, likeliest first.")
    phash: str | None = Field(description="256 bits of the photo's perceptual hash, as hexadecimal digits.")
    box: tuple[float, float, float, float] | None = Field(description="Where it is, as fractions of the picture.")
    said: bool = Field(description="Its owner has said what it is.")


class WastePublic(Protocol):
    """What became of people's photos. Everything may be called again: once more changes nothing."""

    async def verdict(self, job_id: UUID, owner: str) -> Verdict | None:
        """What the analysis says; None when ``owner`` has no such job, or it has not been answered."""
        ...

    async def look_at(
        self, job_id: UUID, owner: str, picture: JsonBytes, content_type: str, language: Language, region: str | None
    ) -> None:
        """Begins the analysis ``job_id`` of a picture that is here already; AnalysisDone tells of its end.

        Raises PhotoTypeUnsupported, PhotoSizeUnsupported, PhotosWaiting."""
        ...

    async def has_failed(self, job_id: UUID, owner: str) -> bool:
        """Whether there will be no answer: it failed, or there is no such job any more."""
        ...

    async def in_doubt(self, job_id: UUID, owner: str, position: int) -> ItemInDoubt | None:
        """One item of an answered photo; None when ``owner`` has no such job, or it has not been answered."""
        ...

    async def picture(self, job_id: UUID, owner: str) -> JsonBytes | None:
        """A WebP picture of at most 1024 pixels a side, without EXIF; None when there is none (any more)."""
        ...

    async def settle(self, job_id: UUID, owner: str, position: int, value: str, said_by: SaidBy) -> bool:
        """It was found out elsewhere what an item is: the photo is answered by that. False where it is gone, or its
        owner has said what it is, which neighbours do not overrule."""
        ...
