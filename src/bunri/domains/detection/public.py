"""The public interface of detection: which objects of a model's classes are where in a picture."""

import base64
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, BinaryIO, Protocol

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from bunri.kit.errors import BunriError
from bunri.kit.languages import Language

Corners = tuple[float, float, float, float]
Base64 = Annotated[
    bytes,
    PlainSerializer(lambda data: base64.b64encode(data).decode(), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/jpeg"}),
]


class DetectionOptions(BaseModel):
    """How to detect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = Field(None, max_length=64, description="A name of `/models`; left out: the default.")
    confidence: float | None = Field(None, ge=0, le=1, allow_inf_nan=False, description="Least score.")
    iou: float | None = Field(
        None, ge=0, le=1, allow_inf_nan=False, description="Overlap above which two boxes of a class are one."
    )
    classes: str | None = Field(
        None, max_length=2000, description="Only these, by commas: names in Korean or English.", examples=["병, cup"]
    )
    max_detections: int = Field(100, ge=1, le=1000, description="The best so many.")
    annotate: bool = Field(False, description="Also give the picture with boxes and names drawn on it.")


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """An encoded picture, read when it is analysed."""

    file: BinaryIO
    name: str | None = None


class Found(BaseModel):
    """One object."""

    model_config = ConfigDict(frozen=True)

    label: str = Field(description="The class as the model calls it.", examples=["bottle"])
    name: str = Field(description="What people call it, in the caller's language.", examples=["병"])
    class_id: int = Field(description="The class's number in the model.")
    score: float = Field(ge=0, le=1)
    box: Corners = Field(description="x1, y1, x2, y2 in pixels of the upright picture.")
    box_fractions: Corners = Field(description="The same as fractions of width and height, 0 to 1.")


class Timings(BaseModel):
    model_config = ConfigDict(frozen=True)

    decode_ms: float = Field(description="From bytes to upright pixels.")
    detect_ms: float = Field(description="From pixels to boxes.")


class ImageDetections(BaseModel):
    """What one picture showed."""

    model_config = ConfigDict(frozen=True)

    file: str | None = Field(None, description="Its file name, when it was sent with one.")
    width: int = Field(description="Pixels of the upright picture, however small it was decoded.")
    height: int
    timings: Timings
    detections: list[Found] = Field(description="The best first.")
    annotated: Base64 | None = Field(
        None,
        exclude_if=lambda drawn: drawn is None,
        description="With `annotate`: a JPEG, perhaps smaller than the picture.",
    )


@dataclass(frozen=True, slots=True)
class ImageFailure:
    """A picture that could not be analysed, and why."""

    file: str | None
    error: BunriError


class ModelUsed(BaseModel):
    """What looked. Its weights' licence binds whoever offers them as a service."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Name and version.", examples=["yolov5m@0a1b2c3d"])
    name: str
    version: str = Field(description="The beginning of its file's SHA-256.")
    licence: str | None = Field(description="SPDX; null for weights that the registry does not know.")
    page: str | None = Field(description="Its makers.")


class ModelListed(BaseModel):
    """A model that is here, or could be."""

    model_config = ConfigDict(frozen=True)

    name: str
    default: bool = Field(description="Looks when nobody names another.")
    here: bool = Field(description="Its weights are on this machine.")
    licence: str | None
    licence_text: str | None = Field(description="What the licence asks, in the caller's language.")
    page: str | None
    confidence: float | None = Field(description="Its least score when nobody gives one; null: the head's own.")
    iou: float | None


@dataclass(frozen=True, slots=True)
class DetectionResponse:
    """The results of one request, one for each of its pictures."""

    model: ModelUsed
    classes: tuple[str, ...]
    """All classes of the model, by number."""
    images: tuple[ImageDetections | ImageFailure, ...]


class DetectionPublic(Protocol):
    """Object detection. It needs no signing in, so everything about it is bounded."""

    async def detect(
        self,
        pictures: AbstractAsyncContextManager[Sequence[EncodedPicture]],
        options: DetectionOptions,
        language: Language,
    ) -> DetectionResponse:
        """Receives the pictures, takes a concurrency slot, and analyses one after the other.

        Raises DetectionBusy when too many requests are uploading or no slot is free, ClassUnknown, ModelUnknown,
        ModelMissing, and whatever ``pictures`` raises. A picture that fails has an ImageFailure as its result.
        """
        ...

    async def models(self, language: Language) -> list[ModelListed]:
        """By name."""
        ...

    async def classes(self, model: str | None) -> tuple[str, ...]:
        """The labels that ``model`` (None: the default) knows. Raises as ``detect`` does."""
        ...
