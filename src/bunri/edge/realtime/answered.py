"""Every request to the sockets' server is answered, also one that is half an upgrade to a websocket."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REFUSAL: Final = b'{"code":0,"message":"This is no request for a socket."}'
"""As Engine.IO's own refusals are."""


class Answered:
    """python-engineio takes a plain request with ``Upgrade: websocket`` for a websocket and returns without an answer,
    which uvicorn makes a 500 of."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noticing(message: Message) -> None:
            nonlocal begun
            if message["type"].startswith("http."):
                begun = True
                await send(message)

        await self._app(scope, receive, noticing)
        if not begun:
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_REFUSAL)).encode())]
            await send({"type": "http.response.start", "status": 400, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})
