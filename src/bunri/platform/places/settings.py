"""Whose map is asked beside our own bins."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bunri.platform.outside_settings import OutsideSettings
from bunri.platform.places.protocol import RemotePlaces


class PlacesSettings(OutsideSettings):
    """A map service; ``none`` by default. Kakao's key is the app's REST API key."""

    provider: Literal["none", "kakao"] = "none"
    timeout_s: float = Field(3.0, gt=0, le=60, description="For a page of 15: our own bins should not wait long.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.provider == "kakao" and not self.key:
            raise ValueError("provider 'kakao' needs api_key")
        return self


def open_places(settings: PlacesSettings) -> RemotePlaces | None:
    """The map service that ``settings`` name, to be closed with ``aclose``; None for none."""
    match settings.provider:
        case "kakao":
            from bunri.platform.places.kakao import KakaoPlaces

            return KakaoPlaces(settings)
        case "none":
            return None
