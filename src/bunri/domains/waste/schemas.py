"""What waste's endpoints take and give (contracts.md)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bunri.domains.locations.public import NearbyBin
from bunri.domains.recycling.public import Alternative, Disposal, Part
from bunri.domains.waste.fusion import Question
from bunri.domains.waste.states import Stage, State
from bunri.kit.materials import Material, Tag

_PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_PRINTABLE)]
Choice = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=_PRINTABLE)]
Region = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=_PRINTABLE)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Tags = Annotated[list[Tag], Field(max_length=len(Tag))]


class Coordinates(BaseModel):
    """Where the person stands. Used for the nearest bins, kept in Valkey for an hour at most, and never written to the
    database."""

    model_config = ConfigDict(frozen=True)

    lat: float = Field(ge=-90, le=90, description="WGS 84 degrees")
    lng: float = Field(ge=-180, le=180, description="WGS 84 degrees")


class UploadCompleteIn(BaseModel):
    note: Note | None = Field(None, description="What it is, in the person's words.", examples=["컵라면 용기"])
    tags: Tags = Field(default_factory=list, description="What a camera cannot see.")
    location: Coordinates | None = None
    region: Region | None = Field(
        None, description="Slug or name of one of `GET /api/v1/recycling/regions`; 404 for others."
    )


class AnalyzeIn(BaseModel):
    content_type: str = Field(examples=["image/jpeg"], max_length=100)
    size: int = Field(ge=1, description="Bytes; the upload must have exactly so many.", examples=[2_914_816])
    sha256: Sha256 | None = Field(None, description="Of the bytes; checked after the upload when given.")
    details: UploadCompleteIn | None = Field(
        None,
        description="What `upload-complete` will be told. With it and `sha256`, a photo that this person has sent "
        "before is answered at once.",
    )


class Ticket(BaseModel):
    """Where to send the photo. Send exactly `upload_headers`."""

    job_id: UUID
    status: Literal[State.CREATED, State.DONE, State.ASKED] = Field(
        description="`done` or `asked`: the answer is there already, and nothing need be sent."
    )
    upload_url: str
    upload_method: Literal["PUT"] = "PUT"
    upload_headers: dict[str, str]
    upload_fields: dict[str, str] = Field(default_factory=dict, description="Form fields; empty for PUT.")
    expires_at: datetime
    status_url: str


class Processing(BaseModel):
    job_id: UUID
    status: Literal["processing"] = "processing"
    status_url: str


def _absent(value: object) -> bool:
    """``box?`` and ``question?`` of the contract are left out when there is none."""
    return value is None


class Item(BaseModel):
    """One thing in the photo and what to do with it."""

    box: tuple[float, float, float, float] | None = Field(
        None, exclude_if=_absent, description="x1, y1, x2, y2 as fractions of the upright picture."
    )
    label: str = Field(description="What the models called it; the name of the item where it is something else.")
    item: str = Field(description="Slug of the item in the rule table.")
    name: str
    material: Material
    form: str | None = None
    said: bool = Field(False, description="The person said what it is; `confidence` is then no guess of ours.")
    confidence: float = Field(ge=0, le=1, description="How likely the disposal is right.")
    parts: list[Part] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)
    seen_tags: list[Tag] = Field(
        default_factory=list,
        description="What a model saw of its state. Advice does not rest on it: offer it to the person, who may send "
        "it back as `tags`.",
    )
    mixed: bool = False
    disposal: Disposal
    reasons: list[str] = Field(default_factory=list, description="What spoke for this rule, in sentences.")
    alternatives: list[Alternative] = Field(default_factory=list)
    bin_kinds: list[str] = Field(default_factory=list, description="Kinds of bin that take it, best first.")
    question: Question | None = Field(None, exclude_if=_absent, description="Set when we are not sure enough.")


class Result(BaseModel):
    items: list[Item]
    feedback: str = Field(description="The whole answer in a sentence or two.")
    nearby_bins: list[NearbyBin] = Field(
        default_factory=list, description="For an hour only: the distances would tell where the person stood."
    )
    cached: Literal["exact", "near"] | None = None
    models: dict[str, str] = Field(description="Who looked: role → name@version.")
    waste_type: str = Field(description="Category of the first item.")
    confidence: float = Field(ge=0, le=1, description="Of the first item.")


class Status(BaseModel):
    """Where an analysis is. `progress` is −1 when it failed or was cancelled."""

    job_id: UUID
    status: State
    progress: int = Field(ge=-1, le=100)
    stage: Stage
    message: str
    code: str | None = Field(None, description="Why it failed: a stable code.")
    retryable: bool | None = None
    result: Result | None = None


class AnswerIn(BaseModel):
    """A reply to the question, what a camera could not see, or that the result is right."""

    item: int = Field(0, ge=0, le=20, description="Which item of the result.")
    value: Choice | None = Field(None, description="One of the question's choices.")
    text: Note | None = Field(None, description="Or what it is in the person's own words.")
    tags: Tags | None = Field(None, description="Its state; replaces the tags it had.")
    confirm: bool = Field(False, description="Or: it is what the result says.")
    consent: bool = Field(
        False,
        description="Keep this picture with what I said, to train the models. It holds for what this reply says of "
        "this item until a later reply or a removal withdraws it; tags alone, and 'none of these', add nothing.",
    )
    location: Coordinates | None = None

    @property
    def names_it(self) -> bool:
        """Whether it says what the thing is, and not only its state."""
        return self.confirm or self.value is not None or bool(self.text)

    @model_validator(mode="after")
    def _something(self) -> "AnswerIn":
        if not self.names_it and self.tags is None:
            raise ValueError("value, text, tags or confirm")
        if self.confirm and (self.value is not None or self.text):
            raise ValueError("confirm, or value or text")
        return self


class Eyes(BaseModel):
    """What people are told before they choose a photo."""

    photos_go_to: str | None = Field(description="The host that photos are also sent to, to be looked at; null: none.")


class JobSummary(BaseModel):
    """A line of the history."""

    job_id: UUID
    status: State
    created_at: datetime
    name: str | None = None
    waste_type: str | None = None
    confidence: float | None = None
    code: str | None = None
    photo_url: str | None = Field(None, description="A thumbnail, without EXIF; the link lives an hour.")
    status_url: str
