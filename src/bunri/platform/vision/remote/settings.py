"""Which remote vision model is used, if any."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from bunri.kit.languages import Language
from bunri.kit.materials import Material
from bunri.platform.llm.settings import ModelSettings
from bunri.platform.vision.remote.objects import clean


class RemoteVisionSettings(ModelSettings):
    """A remote model to analyse photos. ``roboflow`` models are named ``project/version``."""

    provider: Literal["none", "roboflow", "huggingface", "openai", "claude"] = "none"
    timeout_s: float = Field(10.0, gt=0, le=600, description="For one photo: every try and every wait between them.")
    confidence: float = Field(0.25, ge=0, le=1, description="Detections below it are left out (roboflow, huggingface).")
    materials: dict[str, Material] = Field(
        {}, description="Class → material, for a detector with classes of its own (roboflow, huggingface)."
    )
    language: Language = Field("en", description="Of the instructions (openai, claude); labels are English either way.")

    @field_validator("materials")
    @classmethod
    def _named_as_detected(cls, materials: dict[str, Material]) -> dict[str, Material]:
        return {clean(name): material for name, material in materials.items()}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.provider in {"roboflow", "huggingface"} and self.model is None:
            raise ValueError(f"provider '{self.provider}' needs model")
        if self.provider in {"roboflow", "claude"} and not self.key:
            raise ValueError(f"provider '{self.provider}' needs api_key")
        if self.provider in {"huggingface", "openai"} and not self.key and self.base_url is None:
            raise ValueError(f"provider '{self.provider}' needs api_key, or the base_url of a server without keys")
        return self
