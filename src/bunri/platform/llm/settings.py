"""Which language model phrases the answers."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bunri.platform.external_settings import ExternalSettings


class ModelSettings(ExternalSettings):
    """Which remote model is called, and how."""

    model: str | None = Field(None, description="Its name at the provider; unset: a small, quick one.")
    effort: Literal["low", "medium", "high", "default"] = Field(
        "low",
        description="How hard the model thinks first. 'default' sends nothing: older and local models know no effort.",
    )


class LlmSettings(ModelSettings):
    """The writer. ``builtin`` needs no key and no network."""

    provider: Literal["builtin", "claude", "openai"] = "builtin"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.provider == "claude" and not self.key:
            raise ValueError("provider 'claude' needs api_key")
        if self.provider == "openai" and not self.key and self.base_url is None:
            raise ValueError("provider 'openai' needs api_key, or the base_url of a compatible server without keys")
        return self
