"""A language model that is shown the photo and fills in a form (OpenAI, Claude)."""

import hashlib
from typing import Final, Literal

from pydantic import BaseModel, Field

from bunri.kit.languages import Language, text
from bunri.kit.materials import Material
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.protocol import RemoteModel
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import DetectedObject, Pixels, VisionResult
from bunri.platform.vision.remote.objects import clean, likeliest
from bunri.platform.vision.remote.picture import fraction_box, picture_of

Form = Literal[
    "bottle", "can", "jar", "cup", "bowl", "box", "carton", "tray", "tube", "pot", "lid",
    "bag", "film", "sheet", "book", "cloth", "stick", "piece", "furniture",
]  # fmt: skip
"""The forms that the rule table knows."""

MAX_TOKENS: Final = 2048
"""Enough for twenty objects, twice as many as the prompt asks for."""


class Corners(BaseModel):
    """Fractions of width and height, from the top left."""

    x1: float
    y1: float
    x2: float
    y2: float


class DescribedObject(BaseModel):
    """One object as the model describes it."""

    label: str
    material: Material
    form: Form | None
    probability: float = Field(ge=0, le=1)
    box: Corners | None

    def to_object(self) -> DetectedObject:
        box = fraction_box(self.box.x1, self.box.y1, self.box.x2, self.box.y2) if self.box else None
        known = self.material is not Material.UNKNOWN
        return DetectedObject(
            clean(self.label) or self.material.value,
            self.probability,
            box,
            {self.material: self.probability} if known else {},
            self.form,
        )


class DescribedPhoto(BaseModel):
    """The form."""

    things: list[DescribedObject]


class DescribedVision:
    """A RemoteVision that asks ``model``. What it may answer is bounded by the form, whatever the photo says."""

    def __init__(self, model: RemoteModel, language: Language) -> None:
        self._model = model
        self._system = text("prompts.see.system", language)
        self._prompt = text("prompts.see.ask", language)

    @property
    def models(self) -> dict[str, str]:
        # Another wording gives other results, so it is part of the version.
        wording = hashlib.sha256((self._system + self._prompt).encode()).hexdigest()[:8]
        return {"describer": f"{self._model.name}@{wording}"}

    async def see(self, pixels: Pixels) -> VisionResult:
        """As Vision. Raises VisionFailed."""
        picture = await picture_of(pixels)
        try:
            photo = await self._model.structured(
                system=self._system, prompt=self._prompt, shape=DescribedPhoto, max_tokens=MAX_TOKENS, jpeg=picture.jpeg
            )
        except LlmFailed as failed:
            raise VisionFailed(reason=failed.reason) from failed
        return VisionResult(likeliest(seen.to_object() for seen in photo.things), self.models)

    async def aclose(self) -> None:
        await self._model.aclose()
