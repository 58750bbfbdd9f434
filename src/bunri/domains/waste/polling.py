"""The status poll, in front of everything: a remembered token, one round trip to Valkey, bytes passed on unparsed.

Hundreds of clients ask every half second; what is not a plain hit (no mirror, odd token, no ``GET``) goes the normal
way through FastAPI, which knows every error.
"""

import zlib
from typing import Final
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send

from bunri.domains.auth.public import AccessVerifier
from bunri.domains.waste.board import Board
from bunri.kit.errors import BunriError
from bunri.kit.ids import parse_id
from bunri.platform.telemetry.metrics import POLLS

PREFIX: Final = "/api/v1/waste/status/"
_LENGTH: Final = len(PREFIX) + 36


class StatusPoll:
    def __init__(self, app: ASGIApp, board: Board, verifier: AccessVerifier) -> None:
        self._app = app
        self._board = board
        self._verifier = verifier

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and len(scope["path"]) == _LENGTH:
            path: str = scope["path"]
            job_id = parse_id(path[len(PREFIX) :]) if path.startswith(PREFIX) else None
            if job_id and await self._answer(job_id, scope, send):
                return
        await self._app(scope, receive, send)

    async def _answer(self, job_id: UUID, scope: Scope, send: Send) -> bool:
        headers = dict(scope["headers"])
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer":
            return False
        try:
            caller = self._verifier.verify(token.decode("latin-1"))
        except BunriError:
            return False
        mirrored = await self._board.read(job_id)
        if mirrored is None or mirrored.owner != caller.id or not mirrored.fresh:
            return False
        document = mirrored.document
        common = [(name.encode(), value.encode()) for name, value in headers_of(document, mirrored.ended).items()]
        if headers.get(b"if-none-match") == common[0][1]:
            await send({"type": "http.response.start", "status": 304, "headers": common})
            await send({"type": "http.response.body", "body": b""})
            return True
        own = [(b"content-type", b"application/json"), (b"content-length", str(len(document)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": own + common})
        await send({"type": "http.response.body", "body": document})
        POLLS.inc()
        return True


def headers_of(document: bytes, ended: bool) -> dict[str, str]:
    """What goes with a status document: its ETag first, and when to ask again while the job runs."""
    common = {
        "etag": f'"{zlib.crc32(document):08x}"',
        "cache-control": "private, no-cache",
        "x-content-type-options": "nosniff",
    }
    return common if ended else {**common, "retry-after": "1"}
