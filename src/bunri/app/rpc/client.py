"""A domain behind another target's internal address."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

import httpx
from pydantic import ValidationError

from bunri.app.rpc import errors
from bunri.app.rpc.methods import Method, methods
from bunri.app.rpc.tokens import PeerTokens
from bunri.kit.errors import BunriError, Unavailable
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.resilience import ExternalFailed, Guard
from bunri.platform.telemetry.traces import carried

P = TypeVar("P")

BOUNDS: Final = ExternalSettings(timeout_s=30, retries=1, first_wait_s=0.05, longest_wait_s=0.5, breaker_rest_s=3)
"""A call may wait for a language model. Calls only read, so one that was cut off may be made again."""


class PeerUnavailable(Unavailable):
    """The target that hosts the domain does not answer."""

    code = "peer_unavailable"


class _Client:
    """One domain elsewhere: how it is called, and whether it is worth calling."""

    def __init__(self, domain: str, client: httpx.AsyncClient, base_url: str, tokens: PeerTokens) -> None:
        self._domain = domain
        self._client = client
        self._base = f"{base_url.rstrip('/')}/internal/{domain}"
        self._tokens = tokens
        self._guard = Guard(domain, BOUNDS)

    async def post(self, name: str, body: bytes) -> bytes:
        """The answer's body. Raises the domain's named error, or PeerUnavailable."""
        try:
            answer = await self._guard.call(lambda: self._post(name, body), name)
        except ExternalFailed as failed:
            raise PeerUnavailable(domain=self._domain, reason=failed.reason) from failed
        if isinstance(answer, BunriError):
            raise answer
        return answer

    async def _post(self, name: str, body: bytes) -> bytes | BunriError:
        headers = {"authorization": f"Bearer {self._tokens.issue()}", "content-type": "application/json", **carried()}
        try:
            response = await self._client.post(f"{self._base}/{name}", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise ExternalFailed("connection", retryable=True) from error
        if response.is_success:
            return response.content
        named = errors.load(response.status_code, response.content)
        if named is None:  # a proxy's page, or a bug over there
            raise ExternalFailed(f"status_{response.status_code}", retryable=response.status_code in (502, 503, 504))
        return named


def make_client(protocol: type[P], domain: str, client: httpx.AsyncClient, base_url: str, tokens: PeerTokens) -> P:
    """``protocol`` served by another target at ``base_url``. Its methods raise the domain's own named errors, and
    PeerUnavailable when it does not answer, soon when it has not for a while."""
    peer = _Client(domain, client, base_url, tokens)
    calls = {name: _call(peer, domain, method) for name, method in methods(protocol).items()}
    return cast("P", _Methods(peer, calls))


def _call(peer: _Client, domain: str, method: Method) -> Callable[..., Awaitable[Any]]:
    async def run(*args: Any, **kwargs: Any) -> Any:
        answer = await peer.post(method.name, method.bind(args, kwargs).model_dump_json().encode())
        try:
            return method.returns.validate_json(answer)
        except ValidationError as error:
            raise PeerUnavailable(domain=domain, reason="garbage") from error

    return run


async def ping(client: object) -> None:
    """Asks the target behind a client whether what it needs for the domain works. Raises PeerUnavailable, or what it
    lacks."""
    assert isinstance(client, _Methods)  # noqa: S101  # made by make_client
    await client.peer.post("ping", b"{}")


class _Methods:
    def __init__(self, peer: _Client, calls: dict[str, Callable[..., Awaitable[Any]]]) -> None:
        self.peer = peer
        self.__dict__.update(calls)
