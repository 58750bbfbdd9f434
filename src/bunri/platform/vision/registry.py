"""The detectors that we know by name: where they come from and under which licence (``models.toml``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from bunri.platform.vision import coco
from bunri.platform.vision.heads import HeadName
from bunri.platform.vision.settings import NAME


class ModelCard(BaseModel):
    """One model of the registry. ``url`` is its makers' own ONNX file, or the conversion of their weights that most
    programs use; absent when there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None
    bytes: int | None = None
    page: str
    licence: str
    input: int
    head: HeadName
    classes: str
    confidence: float = Field(ge=0, le=1)
    iou: float = Field(0.45, ge=0, le=1)

    @property
    def names(self) -> tuple[str, ...] | None:
        """Its classes, where they are those of COCO."""
        return coco.CLASSES if self.classes == coco.NAME else None


Cards = Mapping[Annotated[str, StringConstraints(pattern=f"^{NAME}$")], ModelCard]


@cache
def cards() -> Mapping[str, ModelCard]:
    """All cards by name."""
    file = resources.files("bunri.platform.vision") / "models.toml"
    return TypeAdapter(Cards).validate_python(tomllib.loads(file.read_text("utf-8")))
