"""The cookies of auth: a browser's refresh token, out of reach of any script, and a mark of the browser itself.

Where the site is reached by https they have the prefix ``__Host-``: no other host, subdomain or plain-text answer can
set them (RFC 6265bis §4.1.3.2). On a local network without TLS that cannot be had; plainly named ones take their place.
"""

import secrets
from typing import Final

from fastapi import Request, Response

from bunri.domains.auth.schemas import Tokens

_REFRESH: Final = "bunri-refresh"
_BROWSER: Final = "bunri-browser"
_SECURE_PREFIX: Final = "__Host-"
DELIVERY: Final = "x-token-delivery"
"""A browser sends ``X-Token-Delivery: cookie``. No form and no other site can send a header of its own, so this is the
defence against forged requests, too (OWASP: custom request headers), beside ``SameSite=Strict``."""
_BROWSER_LIFE_S: Final = 24 * 3600


def wants_cookie(request: Request) -> bool:
    """Whether the refresh token goes by a cookie."""
    return request.headers.get(DELIVERY) == "cookie"


def refresh_token_of(request: Request) -> str | None:
    """The cookie's; None where none is there, or nothing but a browser's own script has sent it."""
    return request.cookies.get(_name(request, _REFRESH)) if wants_cookie(request) else None


def deliver(tokens: Tokens, request: Request, response: Response) -> Tokens:
    """``tokens`` as their bearer gets them: nobody may store the answer, and a browser's script sees no refresh
    token."""
    response.headers["Cache-Control"] = "no-store"
    if not wants_cookie(request) or tokens.refresh_token is None:
        return tokens
    _set(request, response, _REFRESH, tokens.refresh_token, tokens.refresh_expires_in)
    return tokens.model_copy(update={"refresh_token": None})


def forget(request: Request, response: Response) -> None:
    """Removes what the browser keeps of the session (ASVS 14.3.1)."""
    response.delete_cookie(_name(request, _REFRESH), path="/", secure=_is_secure(request), samesite="strict")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def browser_of(request: Request) -> str | None:
    """The mark of the browser, where it has one."""
    return request.cookies.get(_name(request, _BROWSER))


def mark_browser(request: Request, response: Response) -> str:
    """The mark of the browser, which gets one where it has none. A program that keeps no cookies is none that we know
    again."""
    mark = browser_of(request) or secrets.token_urlsafe(16)
    _set(request, response, _BROWSER, mark, _BROWSER_LIFE_S)
    return mark


def _set(request: Request, response: Response, name: str, value: str, max_age: int) -> None:
    secure = _is_secure(request)
    response.set_cookie(
        _name(request, name), value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="strict"
    )


def _name(request: Request, name: str) -> str:
    return _SECURE_PREFIX + name if _is_secure(request) else name


def _is_secure(request: Request) -> bool:
    """By the address that the operator has set, or else by how this request came."""
    public_url: str | None = getattr(request.app.state, "public_url", None)
    return public_url.startswith("https://") if public_url else request.url.scheme == "https"
