"""A language model that is shown the photo and fills in a form (OpenAI, Claude)."""

import hashlib
from typing import Final, Literal

from pydantic import BaseModel, Field

from bunri.kit.languages import Language, text
from bunri.kit.materials import Material
from bunri.platform.llm.errors import LlmFailed
from bunri.platform.llm.protocol import RemoteModel
from bunri.platform.vision.errors import VisionFailed
from bunri.platform.vision.protocol import Pixels, Sight, Thing
from bunri.platform.vision.remote.picture import fraction_box, picture_of
from bunri.platform.vision.remote.things import clean, likeliest

Form = Literal[
    "bottle", "can", "jar", "cup", "bowl", "box", "carton", "tray", "tube", "pot", "lid",
    "bag", "film", "sheet", "book", "cloth", "stick", "piece", "furniture",
]  # fmt: skip
"""The forms that the rule table knows."""

MAX_TOKENS: Final = 2048
"""Room for twenty things, twice what the prompt asks for."""


class Corners(BaseModel):
    """Fractions of width and height, from the top left."""

    x1: float
    y1: float
    x2: float
    y2: float


class Seen(BaseModel):
    """One thing as the model writes it down."""

    label: str
    material: Material
    form: Form | None
    probability: float = Field(ge=0, le=1)
    box: Corners | None

    def thing(self) -> Thing:
        box = fraction_box(self.box.x1, self.box.y1, self.box.x2, self.box.y2) if self.box else None
        known = self.material is not Material.UNKNOWN
        return Thing(
            clean(self.label) or self.material.value,
            self.probability,
            box,
            {self.material: self.probability} if known else {},
            self.form,
        )


class SeenPhoto(BaseModel):
    """The form."""

    things: list[Seen]


class DescribedVision:
    """A RemoteVision that asks ``model``. What it may answer is bounded by the form, whatever the photo says."""

    def __init__(self, model: RemoteModel, language: Language) -> None:
        self._model = model
        self._system = text("prompts.see.system", language)
        self._prompt = text("prompts.see.ask", language)

    @property
    def models(self) -> dict[str, str]:
        # Another wording sees differently, so it is part of the version.
        wording = hashlib.sha256((self._system + self._prompt).encode()).hexdigest()[:8]
        return {"describer": f"{self._model.name}@{wording}"}

    async def see(self, pixels: Pixels) -> Sight:
        """As Vision. Raises VisionFailed."""
        picture = await picture_of(pixels)
        try:
            photo = await self._model.structured(
                system=self._system, prompt=self._prompt, shape=SeenPhoto, max_tokens=MAX_TOKENS, jpeg=picture.jpeg
            )
        except LlmFailed as failed:
            raise VisionFailed(reason=failed.reason) from failed
        return Sight(likeliest(seen.thing() for seen in photo.things), self.models)

    async def aclose(self) -> None:
        await self._model.aclose()
