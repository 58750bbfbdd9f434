"""Google by OpenID Connect (developers.google.com/identity/openid-connect/openid-connect and …/reference)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, Field, HttpUrl, TypeAdapter

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
from bunri.platform.oauth.calls import ProviderCalls, reported
from bunri.platform.oauth.errors import ProviderMisconfigured, SignInFailed
from bunri.platform.oauth.id_tokens import IdTokens
from bunri.platform.oauth.keys import JwkSet, SigningKeys
from bunri.platform.oauth.protocol import Attempt, Identity, ProviderName
from bunri.platform.oauth.remembered import Remembered
from bunri.platform.oauth.settings import GoogleSettings

ISSUER: Final = "https://accounts.google.com"
ISSUERS: Final = (ISSUER, "accounts.google.com")
"""Google's ID tokens name it in either form."""
DEFAULT_URL: Final = "https://accounts.google.com"
DEFAULT_AUTHORIZE_URL: Final = "https://accounts.google.com/o/oauth2/v2/auth"
"""Also in the discovery document; written here, so that sending somebody there waits for no network."""
SCOPE: Final = "openid email profile"
METADATA_MAX_AGE: Final = timedelta(hours=1)
PERSONAL: Final = frozenset({"invalid_grant", "invalid_token"})


class _Metadata(BaseModel):
    """The discovery document (OpenID Connect Discovery §3), as far as it is used."""

    issuer: str
    token_endpoint: HttpUrl
    jwks_uri: HttpUrl
    revocation_endpoint: HttpUrl
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(BaseModel):
    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    """Only with the person's first consent."""
    id_token: str


class Google:
    """A Provider."""

    name: ProviderName = "google"

    def __init__(self, client_id: str, settings: GoogleSettings, clock: Clock) -> None:
        self._client_id = client_id
        self._secret = settings.secret
        self._authorize_url = str(settings.authorize_url or DEFAULT_AUTHORIZE_URL)
        self._url = str(settings.base_url or DEFAULT_URL)
        self._calls = ProviderCalls(self.name, settings)
        self._metadata = Remembered(self._discover, clock)
        self._id_tokens = IdTokens(self.name, ISSUERS, client_id, SigningKeys(self._fetch_keys, clock), clock)

    def authorize_url(self, attempt: Attempt, *, again: bool = False) -> str:
        """As Provider. Google can be told to ask which account it is, not to ask for its password. Access is asked for
        ``offline``: without it there is no refresh token, and nothing that ends the connection later."""
        more = {"prompt": "select_account"} if again else {}
        return openid_url(self._authorize_url, self._client_id, attempt, SCOPE, access_type="offline", **more)

    async def finish(self, callback: Mapping[str, str], attempt: Attempt) -> Identity:
        """As Provider. The callback must name Google where its discovery document says that it does (RFC 9207)."""
        with reported():
            code = read_code(self.name, callback, attempt, ISSUERS)
            metadata = await self._metadata.get(METADATA_MAX_AGE)
            if metadata.authorization_response_iss_parameter_supported and "iss" not in callback:
                raise SignInFailed(self.name, "iss")
            form = token_form(code, self._client_id, self._secret, attempt, code_verifier=attempt.code_verifier)
            tokens = await self._calls.ask("POST", *_split(metadata.token_endpoint), _read_tokens, form=form, once=True)
            claims = await self._id_tokens.check(tokens.id_token, attempt.nonce, tokens.access_token)
        return _identity(claims, tokens)

    async def renew(self, refresh_token: str) -> str | None:
        """As Provider."""
        form = refresh_form(refresh_token, self._client_id, self._secret)
        with reported():
            metadata = await self._metadata.get(METADATA_MAX_AGE)
            return await self._calls.renew(*_split(metadata.token_endpoint), form, _refused)

    async def unlink(self, subject: str, access_token: str | None = None) -> bool:  # noqa: ARG002  # as Provider
        """As Provider, by revoking the token, which ends all that the person allowed this app."""
        if access_token is None:
            return False
        with reported():
            metadata = await self._metadata.get(METADATA_MAX_AGE)
            form = urlencode({"token": access_token})
            try:
                return await self._calls.ask("POST", *_split(metadata.revocation_endpoint), _read_revoked, form=form)
            except SignInFailed:
                return False

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _discover(self) -> _Metadata:
        metadata = await self._calls.ask("GET", self._url, "/.well-known/openid-configuration", _read_metadata)
        # The secret goes to the addresses that the document names: they must be as safe as the one it came from.
        needed = urlsplit(self._url).scheme
        for url in (metadata.token_endpoint, metadata.jwks_uri, metadata.revocation_endpoint):
            if url.scheme != needed:
                raise ProviderMisconfigured(self.name, "discovery")
        return metadata

    async def _fetch_keys(self) -> JwkSet:
        metadata = await self._metadata.get(METADATA_MAX_AGE)
        return await self._calls.ask("GET", *_split(metadata.jwks_uri), _read_keys)


def _split(url: HttpUrl) -> tuple[str, str]:
    """Scheme and host, and the rest."""
    parts = urlsplit(str(url))
    return f"{parts.scheme}://{parts.netloc}", parts.path


_METADATA: Final = TypeAdapter(_Metadata)
_TOKENS: Final = TypeAdapter(_Tokens)
_KEYS: Final = TypeAdapter(JwkSet)
_ANYTHING: Final = TypeAdapter(object)


def _read_metadata(answer: Answer) -> _Metadata:
    metadata = answer.read(_METADATA)
    if metadata.issuer != ISSUER:  # OpenID Connect Discovery §4.3
        raise ProviderMisconfigured("google", "discovery")
    return metadata


def _read_tokens(answer: Answer) -> _Tokens:
    return read_answer(answer, _TOKENS, _refused)


def _read_revoked(answer: Answer) -> bool:
    """RFC 7009 §2.2: the status alone says that it is done, the body says nothing."""
    if answer.status != 200:
        read_answer(answer, _ANYTHING, _refused)
    return True


def _read_keys(answer: Answer) -> JwkSet:
    return answer.read(_KEYS)


def _refused(refusal: Refusal) -> BunriError:
    kind = SignInFailed if refusal.error in PERSONAL else ProviderMisconfigured
    return kind("google", clean(refusal.error))


def _identity(claims: Mapping[str, Any], tokens: _Tokens) -> Identity:
    said_email, name = claims.get("email"), claims.get("name")
    email = clean_email(said_email if isinstance(said_email, str) else None)
    return Identity(
        provider="google",
        subject=claims["sub"],
        email=email,
        email_verified=email is not None and str(claims.get("email_verified")).lower() == "true",
        name=clean_name(name if isinstance(name, str) else None),
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
    )
