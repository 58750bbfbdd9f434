"""Which providers people may sign in with: those whose ``client_id`` is set."""

from ipaddress import ip_address
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, SecretStr, model_validator

from bunri.platform.external_settings import ExternalSettings
from bunri.platform.oauth.protocol import PROVIDERS, ProviderName


def _blank_is_unset(given: object) -> object:
    """A variable that is there and empty sets nothing, as files for containers have it."""
    return (given.strip() or None) if isinstance(given, str) else given


class ProviderSettings(ExternalSettings):
    """An app that the operator has registered with a provider, and how the provider is called."""

    client_id: Annotated[str | None, BeforeValidator(_blank_is_unset)] = Field(
        None, description="Unset: nobody signs in with this provider."
    )
    client_secret: SecretStr | None = None
    authorize_url: HttpUrl | None = Field(None, description="The page that browsers are sent to. Unset: its own.")
    timeout_s: float = Field(5.0, gt=0, le=60, description="For each of the two or three calls of one sign-in.")
    retries: int = Field(1, ge=0, le=5, description="Further tries; a code is exchanged once and never again.")
    first_wait_s: float = Field(0.2, ge=0, le=60, description="Upper bound of the first wait; it doubles each time.")
    longest_wait_s: float = Field(
        1.0, ge=0, le=60, description="A provider that asks for a longer wait is not retried."
    )

    @property
    def secret(self) -> str:
        """The client secret, without the line end that files of secrets have; empty when there is none."""
        return self.client_secret.get_secret_value().strip() if self.client_secret else ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.api_key is not None:
            raise ValueError("api_key is not used to sign in: set client_id and client_secret")
        if self.client_id is None and self.secret:
            raise ValueError("client_secret needs client_id")
        for url in self._addresses():
            if url is not None and not _is_safe(url):
                raise ValueError(f"{url} must be https: client secrets and codes are sent there")
        return self

    def _addresses(self) -> tuple[HttpUrl | None, ...]:
        return (self.base_url, self.authorize_url)


class _WithSecret(ProviderSettings):
    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if self.client_id is not None and not self.secret:
            raise ValueError("client_id needs client_secret")
        return self


class KakaoSettings(ProviderSettings):
    """``client_id`` is the app's REST API key. The secret may be switched off at Kakao, so it may be missing here."""

    api_url: HttpUrl | None = Field(None, description="Host of profiles. Unset: https://kapi.kakao.com")
    ask_nickname: bool = Field(True, description="Needs the consent item profile_nickname at Kakao.")
    ask_email: bool = Field(False, description="Needs the consent item account_email, which Kakao gives to businesses.")
    admin_key: SecretStr | None = Field(None, description="The app's admin key: ends connections of deleted accounts.")

    def _addresses(self) -> tuple[HttpUrl | None, ...]:
        return (self.base_url, self.authorize_url, self.api_url)


class NaverSettings(_WithSecret):
    """What people are asked for (name, e-mail …) is set at Naver, with the app."""

    api_url: HttpUrl | None = Field(None, description="Host of profiles. Unset: https://openapi.naver.com")

    def _addresses(self) -> tuple[HttpUrl | None, ...]:
        return (self.base_url, self.authorize_url, self.api_url)


class GoogleSettings(_WithSecret):
    """An OAuth client of the type "Web application". ``base_url`` is where the discovery document is."""


class OAuthSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kakao: KakaoSettings = Field(default_factory=KakaoSettings)
    naver: NaverSettings = Field(default_factory=NaverSettings)
    google: GoogleSettings = Field(default_factory=GoogleSettings)

    @property
    def configured(self) -> tuple[ProviderName, ...]:
        """The providers that people may sign in with, in the order in which they are shown."""
        return tuple(name for name in PROVIDERS if getattr(self, name).client_id is not None)


def _is_safe(url: HttpUrl) -> bool:
    """Whether nobody on the way can read along: https, or this machine itself."""
    if url.scheme == "https" or url.host == "localhost":
        return True
    try:
        return ip_address((url.host or "").strip("[]")).is_loopback
    except ValueError:
        return False
