"""What happens to every request: an id, a line in the log, a number in the metrics, a span, a bound on its body."""

import re
import time
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.edge.http.policies import Policies
from bunri.edge.http.problems import method_not_allowed, refusal, unexpected
from bunri.kit.errors import BunriError, Invalid, TooLarge, Unsupported
from bunri.kit.ids import new_id
from bunri.platform.telemetry.metrics import REQUEST_SECONDS, REQUESTS
from bunri.platform.telemetry.traces import TRACEPARENT, sampled_trace, span, tracing, valid

log = structlog.get_logger("bunri.http")

_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES: Final = ("/health", "/api/health", "/ready", "/metrics")
_POLLS: Final = ("/api/v1/waste/status/", "/socket.io")
_PINGS: Final = re.compile(r"/internal/[a-z]+/ping")


class RequestContext:
    """Gives each request its id (the caller's ``X-Request-ID`` when it is a sane one), logs and counts it,
    and begins its trace or goes on with the caller's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif tracing() and _is_traced(scope["path"]):
            await self._trace(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _trace(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Named by the template of its route: a path holds ids and codes, a query positions."""
        method, written = _method(scope), Headers(scope=scope).getlist(TRACEPARENT)
        parent = valid(written[0]) if len(written) == 1 else None
        with span(method, "server", {"http.request.method": method}, parent=parent) as traced:
            status = await self._answer(scope, receive, send)
            route = _route(scope)
            traced.name = f"{method} {route}"
            traced.set("http.route", route)
            traced.set("http.response.status_code", status)
            if status >= 500:
                traced.fail(str(status))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> int:
        """The status that was sent."""
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else str(new_id())
        scope["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status: int | None = None

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
            await send(message)

        try:
            # TRACE sends a request's headers back (ASVS 5.0, 13.4.4), and a mounted application may know other methods.
            app = self._app if scope["method"] in _METHODS else method_not_allowed(Request(scope), _METHODS)
            await app(scope, receive, tagged)
        except Exception:
            # Here and not in Starlette's outermost layer, so that even a bug is logged and answered under its id.
            log.exception("request.failed", path=scope["path"])
            if status is None:
                await unexpected(Request(scope))(scope, receive, tagged)
        finally:
            _record(scope, status or 500, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()
        return status or 500


def _is_traced(path: str) -> bool:
    return not path.startswith((*_PROBES, *_POLLS)) and not _PINGS.fullmatch(path)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "(none)")


def _record(scope: Scope, status: int, seconds: float) -> None:
    route, trace = _route(scope), sampled_trace()
    REQUESTS.labels(_method(scope), route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds, {"trace_id": trace} if trace else None)
    polled = scope["path"].startswith(_POLLS) and status < 500
    if not polled and not scope["path"].startswith(_PROBES):
        # The path only: a query may hold a position, which is nobody's business (facts.md, "Kakao").
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1e3, 1))


class BodyCutOff(Invalid):
    """The client went away before its body was complete. Nobody reads this; it ends the request and is counted."""

    code = "body_cut_off"


class BodyEncoded(Unsupported):
    """The body is compressed (RFC 9110 §8.4)."""

    code = "body_encoded"


class BodyLimit:
    """Refuses bodies that are larger than their route takes, compressed or cut off, before anybody parses them.

    A route that takes its body as it comes (``max_body=None``) sees to size and end itself.
    """

    def __init__(self, app: ASGIApp, policies: Policies) -> None:
        self._app = app
        self._policies = policies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if _is_encoded(headers):
            await refusal(Request(scope), BodyEncoded())(scope, receive, send)
            return
        limit = self._policies.of(scope).max_body
        if limit is None:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(headers, receive, limit)
        except BunriError as error:
            await refusal(Request(scope), error)(scope, receive, send)
            return
        pending = [body]

        async def replay() -> Message:
            if pending:
                return {"type": "http.request", "body": pending.pop(), "more_body": False}
            return await receive()

        await self._app(scope, replay, send)

    @staticmethod
    async def _read(headers: Headers, receive: Receive, limit: int) -> bytes:
        """The whole body. Raises TooLarge as soon as it is too long, BodyCutOff. A chunked body says no length
        beforehand."""
        declared = headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > limit:
            raise TooLarge
        body: bytes = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise BodyCutOff
            body += message.get("body", b"")
            if len(body) > limit:
                raise TooLarge
            if not message.get("more_body"):
                return body


def _is_encoded(headers: Headers) -> bool:
    """Whether a body comes compressed; "identity" is none (RFC 9110 §8.4.1)."""
    if "content-encoding" not in headers:
        return False
    codings = {each.strip().lower() for line in headers.getlist("content-encoding") for each in line.split(",")}
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return has_body and bool(codings - {"", "identity"})
