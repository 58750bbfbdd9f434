"""``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header): the same POST twice is answered once.

The first answer is kept for a day under (caller, path, key); a repeat with the same body gets it again, a repeat with
another body is refused, a repeat while the first still runs is told to wait. Strangers have no memory here: they are
refused further in. A refusal is not kept, since nothing was done that a repeat would do twice; and of one caller only
the newest answers are, so that nobody fills Valkey.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.edge.http.policies import Policies
from bunri.edge.http.problems import refusal
from bunri.kit.errors import BunriError, Conflict, Invalid
from bunri.platform.cache import Cache, CacheUnavailable

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
KEPT: Final = timedelta(days=1)
RUNNING: Final = timedelta(seconds=60)
MOST: Final = 200
"""Answers kept of one caller."""
LARGEST: Final = 16 * 1024
"""Bytes of an answer that is kept; a larger one is not."""


class _Slot(NamedTuple):
    """Where an answer is kept, and the list of those of the same caller."""

    group: str
    key: str


Identify = Callable[[str], str | None]
"""From an ``Authorization`` header to who that is; None for a stranger."""


class IdempotencyKeyInvalid(Invalid):
    code = "idempotency_key_invalid"


class IdempotencyKeyReused(Invalid):
    """The key came before, with another body."""

    code = "idempotency_key_reused"


class IdempotencyInProgress(Conflict):
    code = "idempotency_in_progress"


class Idempotency:
    """Sits inside BodyLimit, so a body is one message and small."""

    def __init__(self, app: ASGIApp, cache: Cache, policies: Policies, identify: Identify) -> None:
        self._app = app
        self._cache = cache
        self._policies = policies
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not self._policies.of(scope).idempotent:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key, caller = headers.get("idempotency-key"), self._identify(headers.get("authorization", ""))
        if key is None or caller is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._once(caller, key, scope, receive, send)
        except BunriError as error:
            await refusal(Request(scope), error)(scope, receive, send)

    async def _once(self, caller: str, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if not _KEY.fullmatch(key):
            raise IdempotencyKeyInvalid
        first = await receive()
        body_hash = hashlib.sha256(first.get("body", b"")).hexdigest()
        slot = _slot(caller, scope, key)
        running = orjson.dumps({"body": body_hash})
        if not await self._cache.set_new_of(slot.group, slot.key, running, RUNNING, most=MOST, kept=KEPT):
            kept = await self._cache.get(slot.key)
            if kept is not None:
                await _replay(orjson.loads(kept), body_hash, send)
                return
        await self._run(slot, body_hash, first, scope, receive, send)

    async def _run(
        self, slot: _Slot, body_hash: str, first: Message, scope: Scope, receive: Receive, send: Send
    ) -> None:
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
            await self._cache.delete_of(slot.group, slot.key)
            raise

    async def _keep(self, slot: _Slot, body_hash: str, start: Message, answer: bytes) -> None:
        """Keeps the answer to what was done. What was refused, or failed, is tried again when it comes again."""
        try:
            if start["status"] >= 400 or len(answer) > LARGEST:
                await self._cache.delete_of(slot.group, slot.key)
                return
            headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in start["headers"]]
            record = {
                "body": body_hash,
                "status": start["status"],
                "headers": headers,
                "answer": base64.b64encode(answer).decode(),
            }
            await self._cache.set(slot.key, orjson.dumps(record), KEPT)
        except CacheUnavailable:
            return  # the work is done; only a repeat would be done twice


def _slot(caller: str, scope: Scope, key: str) -> _Slot:
    digest = hashlib.sha256(f"{caller}\n{scope['path']}\n{key}".encode()).hexdigest()
    return _Slot(f"idempotency:of:{caller}", f"idempotency:{digest}")


async def _replay(record: dict[str, object], body_hash: str, send: Send) -> None:
    if record["body"] != body_hash:
        raise IdempotencyKeyReused
    if "status" not in record:
        raise IdempotencyInProgress
    headers: list[list[str]] = record["headers"]  # type: ignore[assignment]  # our own JSON
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": record["status"], "headers": raw})
    await send({"type": "http.response.body", "body": base64.b64decode(str(record["answer"]))})
