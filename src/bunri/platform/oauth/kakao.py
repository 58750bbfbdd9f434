"""Kakao Login by OpenID Connect, with the profile of /v2/user/me.

developers.kakao.com/docs/latest/en/kakaologin/rest-api, …/kakaologin/trouble-shooting, …/rest-api/error-code
"""

from collections.abc import Mapping
from typing import Final, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, Field, StrictInt, TypeAdapter, ValidationError

from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError
from bunri.platform.external import Answer
from bunri.platform.oauth.answers import (
    Refusal,
    clean,
    clean_email,
    clean_name,
    openid_url,
    read_answer,
    read_code,
    refresh_form,
    token_form,
)
from bunri.platform.oauth.calls import ProviderCalls, bearer, reported
from bunri.platform.oauth.errors import AgeRefused, ProviderMisconfigured, SignInFailed
from bunri.platform.oauth.id_tokens import IdTokens
from bunri.platform.oauth.keys import JwkSet, SigningKeys
from bunri.platform.oauth.protocol import Attempt, Identity, ProviderName
from bunri.platform.oauth.settings import KakaoSettings
from bunri.platform.resilience import ExternalFailed, failed_status

T = TypeVar("T")

ISSUER: Final = "https://kauth.kakao.com"
DEFAULT_URL: Final = "https://kauth.kakao.com"
DEFAULT_API_URL: Final = "https://kapi.kakao.com"
DEFAULT_AUTHORIZE_URL: Final = "https://kauth.kakao.com/oauth/authorize"

# Codes of kapi.kakao.com. Those that are in none of these tables are judged by their HTTP status.
UNDER_14: Final = -406
TOKEN_REFUSED: Final = -401
NOT_LINKED: Final = -101
PERSONAL: Final = frozenset({-4, NOT_LINKED, -103, TOKEN_REFUSED})
"""Blocked, not connected with the app, dormant, or a token that is not valid: this account cannot be used now."""
MISCONFIGURED: Final = frozenset({-2, -3, -5, -6, -8, -9, -12, -402})
PASSING: Final[Mapping[int, str]] = {-1: "internal", -7: "maintenance", -603: "timeout", -9798: "maintenance"}
SPENT: Final = frozenset({-10, -11})

# Codes of kauth.kakao.com.
PASSING_KOE: Final[Mapping[str, str]] = {"KOE003": "internal", "KOE237": "too_many"}
CODE_USED: Final = "KOE320"
REDIRECT_DIFFERS: Final = "KOE303"


class _Tokens(BaseModel):
    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    id_token: str | None = None


class _Profile(BaseModel):
    nickname: str | None = None


class _Account(BaseModel):
    profile: _Profile | None = None
    email: str | None = None
    is_email_valid: bool = False
    is_email_verified: bool = False


class _Person(BaseModel):
    id: StrictInt = Field(gt=0, description="int64")
    kakao_account: _Account | None = None
    """Missing when the person agreed to nothing, or the app asks for nothing."""

    def identity(self, access_token: str, refresh_token: str | None) -> Identity:
        account = self.kakao_account or _Account()
        email = clean_email(account.email)
        return Identity(
            provider="kakao",
            subject=str(self.id),
            email=email,
            # "valid" turns false when another Kakao account has taken the address over.
            email_verified=email is not None and account.is_email_valid and account.is_email_verified,
            name=clean_name(account.profile.nickname if account.profile else None),
            access_token=access_token,
            refresh_token=refresh_token,
        )


class _Unlinked(BaseModel):
    id: StrictInt


class _ApiError(BaseModel):
    code: StrictInt


class Kakao:
    """A Provider."""

    name: ProviderName = "kakao"

    def __init__(self, client_id: str, settings: KakaoSettings, clock: Clock) -> None:
        self._client_id = client_id
        self._secret = settings.secret
        self._admin_key = settings.admin_key.get_secret_value().strip() if settings.admin_key else ""
        self._authorize_url = str(settings.authorize_url or DEFAULT_AUTHORIZE_URL)
        self._url = str(settings.base_url or DEFAULT_URL)
        self._api_url = str(settings.api_url or DEFAULT_API_URL)
        # A consent item that is not set up at Kakao ends the person on an error page there (KOE205).
        asked = {"openid": True, "profile_nickname": settings.ask_nickname, "account_email": settings.ask_email}
        self._scope = ",".join(item for item, wanted in asked.items() if wanted)
        self._calls = ProviderCalls(self.name, settings)
        keys = SigningKeys(self._fetch_keys, clock)
        self._id_tokens = IdTokens(self.name, (ISSUER,), client_id, keys, clock)

    def authorize_url(self, attempt: Attempt, *, again: bool = False) -> str:
        more = {"prompt": "login"} if again else {}
        return openid_url(self._authorize_url, self._client_id, attempt, self._scope, **more)

    async def finish(self, callback: Mapping[str, str], attempt: Attempt) -> Identity:
        """As Provider. The address counts as verified only when Kakao says of it that it is valid and verified."""
        with reported():
            tokens = await self._exchange(read_code(self.name, callback, attempt, (ISSUER,)), attempt)
            if tokens.id_token is None:  # OpenID Connect has to be switched on for the app
                raise ProviderMisconfigured(self.name, "no_id_token")
            claims = await self._id_tokens.check(tokens.id_token, attempt.nonce, tokens.access_token)
            person = await self._calls.ask(
                "GET", self._api_url, "/v2/user/me", _read_person, headers=bearer(tokens.access_token)
            )
        if claims["sub"] != str(person.id):
            raise SignInFailed(self.name, "sub")
        # With the admin key no token is needed for anything.
        return person.identity(tokens.access_token, None if self._admin_key else tokens.refresh_token)

    async def renew(self, refresh_token: str) -> str | None:
        """As Provider."""
        form = refresh_form(refresh_token, self._client_id, self._secret)
        with reported():
            return await self._calls.renew(self._url, "/oauth/token", form, _refused)

    async def unlink(self, subject: str, access_token: str | None = None) -> bool:
        """As Provider. With the app's admin key it works without a token, too."""
        with reported():
            if self._admin_key:
                return await self._unlink_as_admin(subject)
            return access_token is not None and await self._unlink("", bearer(access_token), subject)

    async def _unlink_as_admin(self, subject: str) -> bool:
        form = urlencode({"target_id_type": "user_id", "target_id": subject})
        return await self._unlink(form, {"Authorization": f"KakaoAK {self._admin_key}"}, subject)

    async def _unlink(self, form: str, headers: Mapping[str, str], subject: str) -> bool:
        try:
            unlinked = await self._calls.ask(
                "POST", self._api_url, "/v1/user/unlink", _read_unlinked, form=form, headers=headers
            )
        except SignInFailed as refused:
            if refused.reason == str(TOKEN_REFUSED) and self._admin_key:
                raise ProviderMisconfigured(self.name, "admin_key") from refused
            return refused.reason == str(NOT_LINKED)
        return str(unlinked.id) == subject

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _exchange(self, code: str, attempt: Attempt) -> _Tokens:
        form = token_form(code, self._client_id, self._secret, attempt, code_verifier=attempt.code_verifier)
        return await self._calls.ask("POST", self._url, "/oauth/token", _read_tokens, form=form, once=True)

    async def _fetch_keys(self) -> JwkSet:
        return await self._calls.ask("GET", self._url, "/.well-known/jwks.json", _read_keys)


_TOKENS: Final = TypeAdapter(_Tokens)
_PERSON: Final = TypeAdapter(_Person)
_UNLINKED: Final = TypeAdapter(_Unlinked)
_KEYS: Final = TypeAdapter(JwkSet)
_API_ERROR: Final = TypeAdapter(_ApiError)


def _read_tokens(answer: Answer) -> _Tokens:
    return read_answer(answer, _TOKENS, _refused)


def _refused(refusal: Refusal) -> BunriError:
    """What a refusal of kauth.kakao.com means. ``error`` alone does not tell: an address that differs from the
    registered one is an invalid_grant, too."""
    code = clean(refusal.error_code or refusal.error)
    if code in PASSING_KOE:
        raise ExternalFailed(PASSING_KOE[code], retryable=True)
    if code != REDIRECT_DIFFERS and (code == CODE_USED or refusal.error == "invalid_grant"):
        return SignInFailed("kakao", code)
    return ProviderMisconfigured("kakao", code)


def _read_person(answer: Answer) -> _Person:
    return _read_api(answer, _PERSON)


def _read_unlinked(answer: Answer) -> _Unlinked:
    return _read_api(answer, _UNLINKED)


def _read_keys(answer: Answer) -> JwkSet:
    return answer.read(_KEYS)


def _read_api(answer: Answer, shape: TypeAdapter[T]) -> T:
    """An answer of kapi.kakao.com, whose errors have a code of their own below the HTTP status."""
    if 200 <= answer.status < 300:
        return answer.read(shape)
    try:
        code = _API_ERROR.validate_json(answer.body).code
    except ValidationError:
        raise failed_status(answer.status, answer.headers) from None
    if code == UNDER_14:
        raise AgeRefused("kakao", str(code))
    if code in PERSONAL:
        raise SignInFailed("kakao", str(code))
    if code in MISCONFIGURED:
        raise ProviderMisconfigured("kakao", str(code))
    if code in PASSING:
        raise ExternalFailed(PASSING[code], retryable=True)
    if code in SPENT:
        raise ExternalFailed("spent")  # probably until midnight: the breaker then stops further calls
    raise failed_status(answer.status, answer.headers)
