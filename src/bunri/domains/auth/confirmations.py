"""The link and the code by which a person confirms what they asked for. Both are derived from the request's id, so that
neither the database nor a queue ever holds one. Pure."""

import base64
import hashlib
import hmac
from typing import Final, overload
from uuid import UUID

from bunri.kit.ids import parse_id

DIGITS: Final = 6
TRIES: Final = 5
"""Wrong codes after which a request is good no more: a guesser has one chance in 200,000."""


def link_token(seed: str, request_id: UUID) -> str:
    """``<request id>.<signature of 128 bits>``, for the fragment of a link."""
    return f"{request_id}.{_signature(seed, request_id)}"


def request_of(seed: str, token: str) -> UUID | None:
    """The request whose link ``token`` is; None for what we did not make."""
    request_id = parse_id(token[:36])
    if request_id is None or not hmac.compare_digest(link_token(seed, request_id).encode(), token.encode()):
        return None
    return request_id


def code_of(seed: str, request_id: UUID) -> str:
    """Six digits."""
    digest = hmac.digest(seed.encode(), b"bunri confirmation code " + request_id.bytes, hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def is_code(seed: str, request_id: UUID, typed: str) -> bool:
    """Whether ``typed`` is the request's code, with whatever spaces."""
    return hmac.compare_digest(code_of(seed, request_id).encode(), "".join(typed.split()).encode())


@overload
def browser_hash(cookie: str) -> bytes: ...
@overload
def browser_hash(cookie: None) -> None: ...


def browser_hash(cookie: str | None) -> bytes | None:
    """What is kept of the cookie that marks the browser in which something was asked."""
    return hashlib.sha256(cookie.encode()).digest() if cookie else None


def _signature(seed: str, request_id: UUID) -> str:
    digest = hmac.digest(seed.encode(), b"bunri confirmation link " + request_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
