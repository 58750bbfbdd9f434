"""Counts each request against the limit of its route, before its body is read (docs/operations/limits.md)."""

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunri.domains.auth.public import Caller, Kind
from bunri.edge.http.addresses import address_of, is_local
from bunri.edge.http.policies import Policies
from bunri.edge.http.problems import refusal
from bunri.kit.errors import BunriError
from bunri.kit.networks import network_of
from bunri.platform.http.quota import COUNTED_AS
from bunri.platform.limits import Bucket, RateLimiter, Standing, TooMany
from bunri.platform.limits.classes import OF_A_NETWORK

Identify = Callable[[str], Caller | None]
"""From an ``Authorization`` header to who that is; None for a stranger."""

HEADERS: Final = ("RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class RateLimits:
    """Refuses with 429. Whoever shows a token counts as a person, everybody else as their network; a guest as both,
    since a script may be many guests. Somebody at this machine is not counted at all, unless it is ``public``: then it
    may be a proxy for others that says nothing of them, as nginx does by itself."""

    def __init__(
        self, app: ASGIApp, limiter: RateLimiter, policies: Policies, identify: Identify, *, public: bool = False
    ) -> None:
        self._public = public
        self._app = app
        self._limiter = limiter
        self._policies = policies
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        buckets = self._buckets(scope) if scope["type"] == "http" else ()
        scope[COUNTED_AS] = [(bucket.key, bucket.per) for bucket in buckets]
        if not buckets:
            await self._app(scope, receive, send)
            return
        try:
            standing = await self._limiter.hit_all(*buckets)
        except TooMany as error:
            await refusal(Request(scope), error)(scope, receive, _telling(error.standing, send))
        except BunriError as error:
            await refusal(Request(scope), error)(scope, receive, send)
        else:
            await self._app(scope, receive, send if standing is None else _telling(standing, send))

    def _buckets(self, scope: Scope) -> tuple[Bucket, ...]:
        limit_class = self._policies.of(scope).rate_limit
        if limit_class is None or (not self._public and is_local(scope)):
            return ()
        network = Bucket(limit_class, network_of(address_of(scope)), "network")
        given = Headers(scope=scope).get("authorization")
        caller = self._identify(given) if given and limit_class not in OF_A_NETWORK else None
        if caller is None:
            return (network,)
        person = Bucket(limit_class, caller.id)
        return (person, network) if caller.kind is Kind.GUEST else (person,)


def _telling(standing: Standing, send: Send) -> Send:
    """Adds to an answer how its sender stands."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(fields(standing))
        await send(message)

    return sent


def fields(standing: Standing) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers: the structured ones of today (-08 and later), and the three
    that clients know from before (-06)."""
    name, limit, window_s, remaining, reset_s = standing
    values = (f'"{name}";r={remaining};t={reset_s}', f'"{name}";q={limit};w={window_s}', limit, remaining, reset_s)
    return {header: str(value) for header, value in zip(HEADERS, values, strict=True)}
