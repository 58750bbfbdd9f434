"""How a domain reaches a sibling's public Protocol: in this process, or over HTTP when it runs elsewhere.

Both are made from the Protocol itself, so a new public method needs no plumbing. Either way only DTOs pass, the sibling
opens its own transaction, and its named errors arrive: the same API tests run in both arrangements.
"""

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast, get_type_hints

import httpx
from fastapi import APIRouter, Request, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, TypeAdapter, create_model

from bunri.edge.http.problems import STATUS
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Forbidden, Unavailable

P = TypeVar("P")
Open = Callable[[], AbstractAsyncContextManager[Any]]

AUDIENCE = "bunri:internal"
TOKEN_TTL = timedelta(seconds=60)


class PeerUnavailable(Unavailable):
    """The target that hosts the domain does not answer."""

    code = "peer_unavailable"


class NotAPeer(Forbidden):
    """An internal address was called without the services' token."""

    code = "not_a_peer"


@dataclass(frozen=True)
class Method:
    """One method of a Protocol: its parameters as a model, its result's type."""

    name: str
    parameters: type[BaseModel]
    returns: TypeAdapter[Any]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> BaseModel:
        names = list(self.parameters.model_fields)
        return self.parameters(**dict(zip(names, args, strict=False)), **kwargs)


def methods(protocol: type) -> dict[str, Method]:
    """The public coroutine methods of ``protocol``."""
    return {
        name: _method(name, function)
        for name, function in inspect.getmembers(protocol, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }


def _method(name: str, function: Callable[..., Any]) -> Method:
    hints = get_type_hints(function)
    returns = hints.pop("return")
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    return Method(name, create_model(f"{name}_parameters", **fields), TypeAdapter(returns))


def local(protocol: type[P], opened: Open) -> P:
    """``protocol`` served by a service in this process, in a transaction of its own for each call."""

    def call(name: str) -> Callable[..., Awaitable[Any]]:
        async def run(*args: Any, **kwargs: Any) -> Any:
            async with opened() as service:
                return await getattr(service, name)(*args, **kwargs)

        return run

    return cast("P", _Link({name: call(name) for name in methods(protocol)}))


def remote(protocol: type[P], domain: str, client: httpx.AsyncClient, base_url: str, tokens: "PeerTokens") -> P:
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

    return cast("P", _Link({name: call(method) for name, method in methods(protocol).items()}))


class _Link:
    def __init__(self, calls: dict[str, Callable[..., Awaitable[Any]]]) -> None:
        self.__dict__.update(calls)


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


def router(protocol: type, domain: str, opened: Open, tokens: "PeerTokens") -> APIRouter:
    """The other end of ``remote``: ``POST /internal/{domain}/{method}`` for services only, not in OpenAPI."""
    routes = APIRouter(prefix=f"/internal/{domain}", include_in_schema=False)
    for method in methods(protocol).values():
        routes.add_api_route(f"/{method.name}", _endpoint(method, opened, tokens), methods=["POST"])
    return routes


def _endpoint(method: Method, opened: Open, tokens: "PeerTokens") -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        tokens.check(request.headers.get("authorization", ""))
        given = method.parameters.model_validate_json(await request.body())
        arguments = {name: getattr(given, name) for name in type(given).model_fields}
        async with opened() as service:
            result = await getattr(service, method.name)(**arguments)
        return Response(method.returns.dump_json(result), media_type="application/json")

    return serve


class PeerTokens:
    """Short-lived tokens with which our services know each other: HS256 under a key derived for this alone."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._key = OctKey.import_key(key)
        self._clock = clock

    def issue(self) -> str:
        expires = int((self._clock() + TOKEN_TTL).timestamp())
        return jwt.encode({"alg": "HS256"}, {"aud": AUDIENCE, "exp": expires}, self._key)

    def check(self, authorization: str) -> None:
        """Raises NotAPeer."""
        try:
            claims = jwt.decode(authorization.removeprefix("Bearer "), self._key, algorithms=["HS256"]).claims
            good = claims["aud"] == AUDIENCE and claims["exp"] > self._clock().timestamp()
        except (JoseError, KeyError, ValueError, TypeError):
            good = False
        if not good:
            raise NotAPeer
