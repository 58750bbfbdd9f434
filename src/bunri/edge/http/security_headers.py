"""What every answer tells browsers about how far to trust it (OWASP ASVS 5.0, 3.4)."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.edge.http.web import HEADERS as OF_PAGES

HSTS_S: Final = 365 * 86_400
PRIVATE: Final = ("/api/v1/auth/", "/api/v1/users/")
"""What is answered here holds tokens or says who somebody is: no cache may keep it."""


def security_headers(public_url: str | None) -> Mapping[str, str]:
    """Those of each answer, unless it has others of its own; pages say more. A browser that has once come by TLS
    never comes without it again, where ``public_url`` says that we are reached so."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": OF_PAGES["Referrer-Policy"],
        "Content-Security-Policy": "frame-ancestors 'none'",
    }
    if (public_url or "").lower().startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
    return headers


def as_lines(headers: Mapping[str, str]) -> bytes:
    """For answers that are written as bytes (fast_path, connections)."""
    return "".join(f"{name.lower()}: {value}\r\n" for name, value in headers.items()).encode()


class SecurityHeaders:
    """Adds ``headers`` to every answer that has not its own."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(PRIVATE):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, sent)
