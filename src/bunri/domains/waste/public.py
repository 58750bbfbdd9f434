"""The public interface of waste: what an analysis said, and what has happened to it."""

from typing import Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from bunri.kit.events import Event
from bunri.kit.materials import Material


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


class WastePublic(Protocol):
    """What became of people's photos."""

    async def verdict(self, job_id: UUID, owner: str) -> Verdict | None:
        """What the analysis says; None when ``owner`` has no such job, or it has not been answered."""
        ...
