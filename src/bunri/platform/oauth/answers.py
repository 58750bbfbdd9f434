"""What providers send in the same form: the callback, the answer of a token endpoint, names and addresses."""

import hmac
import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeVar
from urllib.parse import urlencode

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bunri.kit.errors import BunriError
from bunri.platform.external import Answer
from bunri.platform.oauth.errors import ProviderMisconfigured, ProviderUnavailable, SignInDenied, SignInFailed
from bunri.platform.oauth.protocol import Attempt
from bunri.platform.resilience import ExternalFailed, failed_status

T = TypeVar("T")

LONGEST_CODE: Final = 2048
LONGEST_EMAIL: Final = 254
"""Characters that fit into SMTP's path (RFC 5321 §4.5.3.1.3)."""
LONGEST_NAME: Final = 100
_EMAIL: Final = re.compile(r"[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+")
_UNAVAILABLE: Final = frozenset({"server_error", "temporarily_unavailable"})
_PERSONAL: Final = frozenset(
    {"login_required", "consent_required", "interaction_required", "account_selection_required"}
)
"""Errors of the authorize page that concern the person; all others concern the app (RFC 6749 §4.1.2.1, OpenID Connect
Core §3.1.2.6)."""


def authorize_url(url: str, client_id: str, attempt: Attempt, **more: str) -> str:
    """The address of an authorize page with the parameters of a code grant (RFC 6749 §4.1.1) and ``more``."""
    prepared: str = prepare_grant_uri(
        url, client_id, "code", redirect_uri=attempt.redirect_uri, state=attempt.state, **more
    )
    return prepared


def challenge(attempt: Attempt) -> dict[str, str]:
    """The parameters of PKCE, always S256 (RFC 7636 §4.2)."""
    return {
        "code_challenge": create_s256_code_challenge(attempt.code_verifier),
        "code_challenge_method": "S256",
    }


def openid_url(url: str, client_id: str, attempt: Attempt, scope: str, **more: str) -> str:
    """As ``authorize_url``, with the nonce of OpenID Connect and PKCE."""
    return authorize_url(url, client_id, attempt, scope=scope, nonce=attempt.nonce, **challenge(attempt), **more)


def token_form(code: str, client_id: str, secret: str, attempt: Attempt, **more: str) -> str:
    """The body of a request to a token endpoint (RFC 6749 §4.1.3), with the secret in it; without one that is empty."""
    body: str = prepare_token_request(
        "authorization_code",
        redirect_uri=attempt.redirect_uri,
        code=code,
        client_id=client_id,
        client_secret=secret,
        **more,
    )
    return body


def refresh_form(refresh_token: str, client_id: str, secret: str) -> str:
    """The body of a request for a new access token (RFC 6749 §6), with the secret in it where there is one."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    return urlencode({**form, "client_secret": secret} if secret else form)


def read_code(provider: str, callback: Mapping[str, str], attempt: Attempt, issuers: Collection[str] = ()) -> str:
    """The code of a callback that belongs to ``attempt``.

    Where the callback says who sent it (``iss``, RFC 9207), that must be one of ``issuers``, if there are any.

    Raises SignInFailed, SignInDenied when the person said no, and ProviderUnavailable or ProviderMisconfigured when the
    provider's page reports that.
    """
    if not hmac.compare_digest(callback.get("state", "").encode("utf-8", "replace"), attempt.state.encode()):
        raise SignInFailed(provider, "state")
    if issuers and callback.get("iss") not in (*issuers, None):
        raise SignInFailed(provider, "iss")
    if error := callback.get("error"):
        raise _page_error(provider, error)
    code = callback.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise SignInFailed(provider, "code")
    return code


def _page_error(provider: str, error: str) -> BunriError:
    if error == "access_denied":
        return SignInDenied(provider, error)
    if error in _UNAVAILABLE:
        return ProviderUnavailable(provider, error)
    return (SignInFailed if error in _PERSONAL else ProviderMisconfigured)(provider, clean(error))


class Refusal(BaseModel):
    """What a token endpoint says instead of a token (RFC 6749 §5.2). ``error_code`` is Kakao's own."""

    error: str
    error_description: str = ""
    error_code: str = ""


class Renewed(BaseModel):
    """What a token endpoint answers to a refresh token, as far as it is used."""

    access_token: str = Field(min_length=1)


_REFUSAL: Final = TypeAdapter(Refusal)
RENEWED: Final = TypeAdapter(Renewed)


def read_answer(answer: Answer, shape: TypeAdapter[T], refuse: Callable[[Refusal], BunriError]) -> T:
    """The answer of a token endpoint in its ``shape``.

    A refusal is looked for first, since Naver sends it under status 200. Raises what ``refuse`` makes of it, and
    ExternalFailed for everything that is neither.
    """
    if answer.status in {408, 429} or answer.status >= 500:
        raise failed_status(answer.status, answer.headers)
    try:
        refusal = _REFUSAL.validate_json(answer.body)
    except ValidationError:
        return answer.read(shape)
    if refusal.error in _UNAVAILABLE:
        raise ExternalFailed(refusal.error, retryable=True)
    raise refuse(refusal)


def clean(code: str) -> str:
    """A provider's code as it may stand in a log: at most 40 plain characters."""
    return code if re.fullmatch(r"[\w.-]{1,40}", code, re.ASCII) else "other"


def clean_name(name: str | None) -> str | None:
    """A name without what cannot be seen, and not too long; None when nothing is left."""
    visible = "".join(each for each in name or "" if each.isprintable()).strip()
    return visible[:LONGEST_NAME].strip() or None


def clean_email(email: str | None) -> str | None:
    """An address that looks like one; None for anything else."""
    return email if email and len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email) else None
