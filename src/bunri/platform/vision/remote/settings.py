"""Which remote vision model is used, if any."""

from typing import Any, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from bunri.kit.languages import Language
from bunri.kit.materials import Material
from bunri.platform.external_settings import LOOPBACK
from bunri.platform.llm.settings import ModelSettings
from bunri.platform.vision.remote.objects import clean

_HOSTS: Final = {
    "roboflow": "roboflow.com",
    "huggingface": "huggingface.co",
    "openai": "openai.com",
    "claude": "anthropic.com",
    "ollama": "127.0.0.1",
}
"""Whose service it is, where no ``base_url`` says otherwise."""
A_DAY: Final = 1000
"""Photos a day of a model that is paid for, where no other number is set."""


class RemoteVisionSettings(ModelSettings):
    """A remote model to analyse photos. ``roboflow`` models are named ``project/version``."""

    provider: Literal["none", "roboflow", "huggingface", "openai", "claude", "ollama"] = Field(
        "none", description="With its model in one: 'ollama/qwen3-vl:8b'."
    )
    timeout_s: float = Field(
        10.0, gt=0, le=600, description="For one photo: every try and every wait between them. ollama: 60."
    )
    photos_a_day: int | None = Field(
        None, ge=0, description="Photos sent in a day (UTC), 0: without bounds. Unset: 1000 where an api_key is given."
    )
    confidence: float = Field(0.25, ge=0, le=1, description="Detections below it are left out (roboflow, huggingface).")
    materials: dict[str, Material] = Field(
        {}, description="Class → material, for a detector with classes of its own (roboflow, huggingface)."
    )
    language: Language = Field("en", description="Of the instructions (openai, claude, ollama).")

    @property
    def most_photos(self) -> int | None:
        """Photos that may be sent in a day; None: any number."""
        return (A_DAY if self.key else None) if self.photos_a_day is None else self.photos_a_day or None

    @property
    def sends_photos_to(self) -> str | None:
        """The host that photos leave this machine for; None: they stay."""
        if self.provider == "none":
            return None
        host = (self.base_url.host if self.base_url else None) or _HOSTS[self.provider]
        return None if host in LOOPBACK else host

    @property
    def half_set(self) -> bool:
        """Whether somebody set up a model without saying whose."""
        return self.provider == "none" and bool(self.model or self.key or self.base_url)

    @model_validator(mode="before")
    @classmethod
    def _in_one(cls, given: Any) -> Any:
        """``provider`` with its model in one, and what is different with a model on one's own machine."""
        if not isinstance(given, dict) or not isinstance(given.get("provider"), str):
            return given
        provider, _, model = given["provider"].partition("/")
        values = {**given, "provider": provider}
        if model:
            if given.get("model"):
                raise ValueError("name the model once: in provider, or in model")
            values["model"] = model
        if provider == "ollama":
            # Not every model there can think, and those that cannot refuse to be told how hard.
            values = {"effort": "default", "timeout_s": 60.0, **values}
        return values

    @field_validator("materials")
    @classmethod
    def _named_as_detected(cls, materials: dict[str, Material]) -> dict[str, Material]:
        return {clean(name): material for name, material in materials.items()}

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.provider in {"roboflow", "huggingface", "ollama"} and self.model is None:
            raise ValueError(f"provider '{self.provider}' needs model")
        if self.provider in {"roboflow", "claude"} and not self.key:
            raise ValueError(f"provider '{self.provider}' needs api_key")
        if self.provider in {"huggingface", "openai"} and not self.key and self.base_url is None:
            raise ValueError(f"provider '{self.provider}' needs api_key, or the base_url of a server without keys")
        return self
