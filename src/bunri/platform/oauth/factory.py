"""From settings to the providers that people may sign in with."""

from collections.abc import Mapping
from dataclasses import dataclass

from bunri.kit.clock import Clock, now
from bunri.platform.oauth.protocol import Provider, ProviderName
from bunri.platform.oauth.settings import OAuthSettings


@dataclass(frozen=True, slots=True)
class OpenedProviders:
    """Those of one process."""

    by_name: Mapping[ProviderName, Provider]


def open_providers(settings: OAuthSettings, clock: Clock = now) -> Mapping[ProviderName, Provider]:
    """The providers that ``settings`` configure, in the order in which they are shown; each to be closed with
    ``aclose``. The names alone, without opening anything, are ``settings.configured``."""
    found: dict[ProviderName, Provider] = {}
    if client_id := settings.kakao.client_id:
        from bunri.platform.oauth.kakao import Kakao

        found["kakao"] = Kakao(client_id, settings.kakao, clock)
    if client_id := settings.naver.client_id:
        from bunri.platform.oauth.naver import Naver

        found["naver"] = Naver(client_id, settings.naver)
    if client_id := settings.google.client_id:
        from bunri.platform.oauth.google import Google

        found["google"] = Google(client_id, settings.google, clock)
    return found
