"""Refusals of handshakes and polls, before Socket.IO sees them."""

from typing import cast

from starlette.requests import HTTPConnection, Request
from starlette.types import Receive, Scope, Send

from bunri.edge.http.problems import refusal
from bunri.kit.errors import BunriError


async def refuse(error: BunriError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with a problem, a websocket's handshake too (ASGI, "Websocket Denial Response")."""
    if scope["type"] == "websocket":
        await receive()  # the handshake itself
    response = refusal(cast("Request", HTTPConnection(scope)), error)
    await response(scope, receive, send)
