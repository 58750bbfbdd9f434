"""Responses of the detection endpoints."""

from pydantic import BaseModel, Field

from bunri.domains.detection.public import ImageDetections, ModelUsed


class PictureProblem(BaseModel):
    code: str = Field(description="Stable; switch on this.")
    detail: str = Field(description="A sentence for a person, in the caller's language.")


class ImageError(BaseModel):
    """One picture among several with which something is wrong."""

    file: str | None
    problem: PictureProblem


class Detected(BaseModel):
    model: ModelUsed
    pictures: list[ImageDetections | ImageError] = Field(description="In the order in which they were sent.")


class ClassNamed(BaseModel):
    class_id: int
    label: str
    ko: str
    en: str


class ModelClasses(BaseModel):
    name: str
    classes: list[ClassNamed]
