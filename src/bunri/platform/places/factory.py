"""From settings to a map service."""

from bunri.platform.places.protocol import RemotePlaces
from bunri.platform.places.settings import PlacesSettings


def open_places(settings: PlacesSettings) -> RemotePlaces | None:
    """The map service that ``settings`` name, to be closed with ``aclose``; None for none."""
    match settings.provider:
        case "kakao":
            from bunri.platform.places.kakao import KakaoPlaces

            return KakaoPlaces(settings)
        case "none":
            return None
