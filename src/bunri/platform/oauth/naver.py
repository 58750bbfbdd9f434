"""Naver Login (developers.naver.com/docs/login/api/api.md, …/login/profile/profile.md).

Naver has neither PKCE nor ID tokens: a sign-in is protected by the state, the secret and an address of its own to come
back to. It sends errors under status 200 and numbers as text.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bunri.kit.errors import BunriError
from bunri.platform.external import Answer
from bunri.platform.oauth.answers import (
    Refusal,
    authorize_url,
    clean,
    clean_email,
    clean_name,
    read_answer,
    read_code,
    refresh_form,
    token_form,
)
from bunri.platform.oauth.calls import ProviderCalls, bearer, reported
from bunri.platform.oauth.errors import ProviderMisconfigured, SignInFailed
from bunri.platform.oauth.protocol import Attempt, Identity, ProviderName
from bunri.platform.oauth.settings import NaverSettings
from bunri.platform.resilience import ExternalFailed, failed_status

DEFAULT_URL: Final = "https://nid.naver.com"
DEFAULT_API_URL: Final = "https://openapi.naver.com"
DEFAULT_AUTHORIZE_URL: Final = "https://nid.naver.com/oauth2.0/authorize"
FINE: Final = "00"
TOKEN_REFUSED: Final = "024"  # noqa: S105  # a code of the profile's, no secret
NOT_ALLOWED: Final = "403"
WRONG_SECRET: Final = "wrong client id"  # noqa: S105  # how the description of such a refusal begins


class _Tokens(BaseModel):
    access_token: str = Field(min_length=1)
    refresh_token: str | None = None


class _Person(BaseModel):
    id: str = Field(min_length=1, max_length=64)
    """Of this person for this app: another app of the same operator is given another one."""
    email: str | None = None
    nickname: str | None = None
    name: str | None = None

    def identity(self, access_token: str, refresh_token: str | None) -> Identity:
        return Identity(
            provider="naver",
            subject=self.id,
            email=clean_email(self.email),
            email_verified=False,  # Naver does not say; people may have entered any address as their contact
            name=clean_name(self.nickname) or clean_name(self.name),
            access_token=access_token,
            refresh_token=refresh_token,
        )


class _Profile(BaseModel):
    resultcode: str
    response: _Person | None = None


class _Deleted(BaseModel):
    result: str


class Naver:
    """A Provider."""

    name: ProviderName = "naver"

    def __init__(self, client_id: str, settings: NaverSettings) -> None:
        self._client_id = client_id
        self._secret = settings.secret
        self._authorize_url = str(settings.authorize_url or DEFAULT_AUTHORIZE_URL)
        self._url = str(settings.base_url or DEFAULT_URL)
        self._api_url = str(settings.api_url or DEFAULT_API_URL)
        self._calls = ProviderCalls(self.name, settings)

    def authorize_url(self, attempt: Attempt, *, again: bool = False) -> str:
        more = {"auth_type": "reauthenticate"} if again else {}
        return authorize_url(self._authorize_url, self._client_id, attempt, **more)

    async def finish(self, callback: Mapping[str, str], attempt: Attempt) -> Identity:
        """As Provider. The address never counts as verified."""
        with reported():
            code = read_code(self.name, callback, attempt)
            form = token_form(code, self._client_id, self._secret, attempt, state=attempt.state)
            tokens = await self._calls.ask("POST", self._url, "/oauth2.0/token", _read_tokens, form=form, once=True)
            person = await self._person(tokens.access_token)
        return person.identity(tokens.access_token, tokens.refresh_token)

    async def renew(self, refresh_token: str) -> str | None:
        """As Provider."""
        form = refresh_form(refresh_token, self._client_id, self._secret)
        with reported():
            return await self._calls.renew(self._url, "/oauth2.0/token", form, _refused)

    async def unlink(self, subject: str, access_token: str | None = None) -> bool:
        """As Provider. Naver says "success" for a token that is not valid, too, so it is shown to the profile first."""
        if access_token is None:
            return False
        with reported():
            try:
                person = await self._person(access_token)
            except SignInFailed:
                return False
            return person.id == subject and await self._delete(access_token)

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _person(self, access_token: str) -> _Person:
        return await self._calls.ask("GET", self._api_url, "/v1/nid/me", _read_person, headers=bearer(access_token))

    async def _delete(self, access_token: str) -> bool:
        form = urlencode(
            {
                "grant_type": "delete",
                "client_id": self._client_id,
                "client_secret": self._secret,
                "access_token": access_token,
                "service_provider": "NAVER",
            }
        )
        deleted = await self._calls.ask("POST", self._url, "/oauth2.0/token", _read_deleted, form=form)
        return deleted.result == "success"


_TOKENS: Final = TypeAdapter(_Tokens)
_PROFILE: Final = TypeAdapter(_Profile)
_DELETED: Final = TypeAdapter(_Deleted)


def _read_tokens(answer: Answer) -> _Tokens:
    return read_answer(answer, _TOKENS, _refused)


def _read_deleted(answer: Answer) -> _Deleted:
    return read_answer(answer, _DELETED, _refused)


def _refused(refusal: Refusal) -> BunriError:
    """A code that was used and a wrong secret are both an invalid_request; only the description tells them apart."""
    if refusal.error == "invalid_client" or refusal.error_description.lower().startswith(WRONG_SECRET):
        return ProviderMisconfigured("naver", clean(refusal.error))
    return SignInFailed("naver", clean(refusal.error))


def _read_person(answer: Answer) -> _Person:
    """The profile. Its own code decides, whatever the HTTP status: "024" comes with 200 as well as with 401."""
    if answer.status in {408, 429} or answer.status >= 500:
        raise failed_status(answer.status, answer.headers)
    try:
        profile = _PROFILE.validate_json(answer.body)
    except ValidationError:
        if 200 <= answer.status < 300:
            raise ExternalFailed("garbage") from None
        raise failed_status(answer.status, answer.headers) from None
    if profile.resultcode == NOT_ALLOWED:
        raise ProviderMisconfigured("naver", NOT_ALLOWED)
    if profile.resultcode != FINE:
        raise SignInFailed("naver", clean(profile.resultcode))
    if profile.response is None:
        raise ExternalFailed("garbage")
    return profile.response
