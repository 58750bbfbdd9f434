"""A small HTTP client for one external service that speaks JSON: fixed address, no redirects, bounded answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from pydantic import TypeAdapter, ValidationError

from bunri.platform.external_settings import LOOPBACK
from bunri.platform.resilience import ExternalFailed, failed_status

T = TypeVar("T")

LONGEST_ANSWER: Final = 1 << 20
"""Bytes, unless a client expects more. Hundreds of detections are a tenth of that."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self, shape: TypeAdapter[T]) -> T:
        """The body as ``shape``. Raises ExternalFailed for any status but 2xx and for a body of another shape."""
        if not 200 <= self.status < 300:
            raise failed_status(self.status, self.headers)
        try:
            return shape.validate_json(self.body)
        except ValidationError:
            raise ExternalFailed("garbage") from None


class ExternalApi:
    """Calls below ``base_url``, which comes from settings and never from a caller."""

    def __init__(
        self, base_url: str, headers: Mapping[str, str] | None = None, *, longest_answer: int = LONGEST_ANSWER
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._longest_answer = longest_answer
        # No time-out here: the Guard around the call is the only one.
        self._client = httpx.AsyncClient(
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
            timeout=None,  # noqa: S113
            transport=_Unlogged(proxy=_proxy(base_url)),
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One try. Raises ExternalFailed when no complete answer came; an answer of any status is returned."""
        request = self._client.build_request(
            method,
            self._base_url + path,
            content=content,
            headers=headers,
            extensions={"query": query or {}},
        )
        try:
            response = await self._client.send(request, stream=True)
            try:
                return Answer(response.status_code, response.headers, await _bounded(response, self._longest_answer))
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise ExternalFailed("connection", retryable=True) from error

    async def aclose(self) -> None:
        await self._client.aclose()


async def _bounded(response: httpx.Response, longest: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > longest:
            raise ExternalFailed("too_long")
    return bytes(body)


class _Unlogged(httpx.AsyncHTTPTransport):
    """Adds the query only here, because httpx's request log would write down keys and people's positions."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_merge_params(request.extensions["query"]),
                headers=request.headers,
                stream=request.stream,
            )
        )


def _proxy(base_url: str) -> str | None:
    """The proxy that the environment names for this address; httpx asks it only for transports of its own."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    return None if host in LOOPBACK or proxy_bypass(host) else getproxies().get(address.scheme)
