"""``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header): the same POST twice is answered once.

The first answer is kept for a day under (caller's authorization, path, key); a repeat with the same body gets it again,
a repeat with another body is refused, a repeat while the first still runs is told to wait.
"""

import base64
import hashlib
import re
from datetime import timedelta
from typing import Final

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.edge.http.problems import problem
from bunri.edge.http.statuses import status_of
from bunri.kit.errors import BunriError, Conflict, Invalid
from bunri.kit.languages import negotiate
from bunri.kit.sentences import sentence
from bunri.platform.cache import Cache, CacheUnavailable

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
KEPT: Final = timedelta(days=1)
RUNNING: Final = timedelta(seconds=60)


class IdempotencyKeyInvalid(Invalid):
    code = "idempotency_key_invalid"


class IdempotencyKeyReused(Invalid):
    """The key came before, with another body."""

    code = "idempotency_key_reused"


class IdempotencyInProgress(Conflict):
    code = "idempotency_in_progress"


class Idempotency:
    """Sits inside BodyLimit, so a body is one message and small."""

    def __init__(self, app: ASGIApp, cache: Cache, prefixes: tuple[str, ...]) -> None:
        self._app = app
        self._cache = cache
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(self._prefixes):
            await self._app(scope, receive, send)
            return
        key = Headers(scope=scope).get("idempotency-key")
        if key is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._once(key, scope, receive, send)
        except BunriError as error:
            await _refuse(error, scope, receive, send)

    async def _once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if not _KEY.fullmatch(key):
            raise IdempotencyKeyInvalid
        first = await receive()
        body_hash = hashlib.sha256(first.get("body", b"")).hexdigest()
        slot = _slot(scope, key)
        if not await self._cache.set(slot, orjson.dumps({"body": body_hash}), RUNNING, only_new=True):
            kept = await self._cache.get(slot)
            if kept is not None:
                await _replay(orjson.loads(kept), body_hash, send)
                return
        await self._run(slot, body_hash, first, scope, receive, send)

    async def _run(self, slot: str, body_hash: str, first: Message, scope: Scope, receive: Receive, send: Send) -> None:
        pending = [first]
        start: Message = {}
        answer = bytearray()

        async def replayed() -> Message:
            return pending.pop() if pending else await receive()

        async def recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                answer.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await self._keep(slot, body_hash, start, bytes(answer))
            await send(message)

        try:
            await self._app(scope, replayed, recorded)
        except BaseException:
            await self._cache.delete(slot)
            raise

    async def _keep(self, slot: str, body_hash: str, start: Message, answer: bytes) -> None:
        """Keeps an answer; a failure of ours (5xx) is forgotten, so that trying again really tries."""
        try:
            if start["status"] >= 500:
                await self._cache.delete(slot)
                return
            headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in start["headers"]]
            record = {
                "body": body_hash,
                "status": start["status"],
                "headers": headers,
                "answer": base64.b64encode(answer).decode(),
            }
            await self._cache.set(slot, orjson.dumps(record), KEPT)
        except CacheUnavailable:
            return  # the work is done; only a repeat would be done twice


def _slot(scope: Scope, key: str) -> str:
    who = Headers(scope=scope).get("authorization", "")
    digest = hashlib.sha256(f"{who}\n{scope['path']}\n{key}".encode()).hexdigest()
    return f"idempotency:{digest}"


async def _replay(record: dict[str, object], body_hash: str, send: Send) -> None:
    if record["body"] != body_hash:
        raise IdempotencyKeyReused
    if "status" not in record:
        raise IdempotencyInProgress
    headers: list[list[str]] = record["headers"]  # type: ignore[assignment]  # our own JSON
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": record["status"], "headers": raw})
    await send({"type": "http.response.body", "body": base64.b64decode(str(record["answer"]))})


async def _refuse(error: BunriError, scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    detail = sentence(error, negotiate(request.headers.get("accept-language")))
    await problem(request, status_of(error), error.code, detail)(scope, receive, send)
