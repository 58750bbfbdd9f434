"""A sibling behind another target's internal address."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import httpx

from bunri.app.links.methods import Method, linked
from bunri.app.links.tokens import PeerTokens
from bunri.edge.http.statuses import STATUS
from bunri.kit.errors import BunriError, Unavailable

P = TypeVar("P")


class PeerUnavailable(Unavailable):
    """The target that hosts the domain does not answer."""

    code = "peer_unavailable"


def remote(protocol: type[P], domain: str, client: httpx.AsyncClient, base_url: str, tokens: PeerTokens) -> P:
    """``protocol`` served by another target at ``base_url``."""

    def call(method: Method) -> Callable[..., Awaitable[Any]]:
        async def run(*args: Any, **kwargs: Any) -> Any:
            body = method.bind(args, kwargs).model_dump_json().encode()
            url = f"{base_url.rstrip('/')}/internal/{domain}/{method.name}"
            headers = {"authorization": f"Bearer {tokens.issue()}", "content-type": "application/json"}
            try:
                response = await client.post(url, content=body, headers=headers)
            except httpx.HTTPError as error:
                raise PeerUnavailable(domain=domain) from error
            if response.is_error:
                raise _as_error(response)
            return method.returns.validate_json(response.content)

        return run

    return linked(protocol, call)


def _as_error(response: httpx.Response) -> BunriError:
    """The sibling's named error again: its kind from the status, its code from the problem."""
    try:
        code = str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return PeerUnavailable(status=response.status_code)
    for kind, status in STATUS:
        if status == response.status_code:
            return cast("BunriError", type(kind.__name__, (kind,), {"code": code})())
    return PeerUnavailable(status=response.status_code)
