"""Whose pages may open a socket: browsers ask no page's permission for a websocket, they only say where it is from."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bunri.edge.realtime.refusing import refuse
from bunri.platform.http.same_origin import ForeignOrigin, is_ours


class OriginCheck:
    """Refuses handshakes, and polls, of pages that are neither of the host that is asked nor of an ``allowed`` origin.
    A client that is no browser names none, and is let through."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_ours(Headers(scope=scope), self._allowed) is not False:
            await self._app(scope, receive, send)
        else:
            await refuse(ForeignOrigin(), scope, receive, send)
