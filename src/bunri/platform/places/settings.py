"""Which map service is searched in addition to our own bins."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bunri.platform.external_settings import ExternalSettings


class PlacesSettings(ExternalSettings):
    """A map service; ``none`` by default. Kakao's key is the app's REST API key."""

    provider: Literal["none", "kakao"] = "none"
    timeout_s: float = Field(3.0, gt=0, le=60, description="For a page of 15: our own bins should not wait long.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.provider == "kakao" and not self.key:
            raise ValueError("provider 'kakao' needs api_key")
        return self
