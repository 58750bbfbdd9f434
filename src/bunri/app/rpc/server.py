"""The other end of ``client``."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from bunri.app.rpc import errors
from bunri.app.rpc.methods import Method, methods
from bunri.app.rpc.tokens import PeerTokens
from bunri.edge.http.health import Check
from bunri.edge.http.statuses import status_of
from bunri.kit.errors import BunriError, Invalid
from bunri.platform.http import policy

LARGEST_CALL = 4 * 2**20


class CallInvalid(Invalid):
    """An internal call whose arguments do not fit the method."""

    code = "call_invalid"


def router(
    domain: str, protocol: type, get: Callable[[type], Any], tokens: PeerTokens, checks: Mapping[str, Check]
) -> APIRouter:
    """``POST /internal/{domain}/{method}`` for other targets only, not in OpenAPI; ``ping`` runs ``checks``."""
    routes = APIRouter(prefix=f"/internal/{domain}", include_in_schema=False)
    for method in methods(protocol).values():
        routes.add_api_route(f"/{method.name}", _endpoint(_called(method, protocol, get), tokens), methods=["POST"])
    routes.add_api_route("/ping", _endpoint(_checked(checks), tokens), methods=["POST"])
    return routes


def _endpoint(run: Callable[[bytes], Awaitable[bytes]], tokens: PeerTokens) -> Callable[[Request], Awaitable[Response]]:
    @policy(max_body=LARGEST_CALL, rate_limit=None)
    async def serve(request: Request) -> Response:
        tokens.check(request.headers.get("authorization", ""))
        try:
            return Response(await run(await request.body()), media_type="application/json")
        except BunriError as error:
            return Response(errors.dump(error), status_of(error), media_type="application/json")

    return serve


def _called(method: Method, protocol: type, get: Callable[[type], Any]) -> Callable[[bytes], Awaitable[bytes]]:
    async def run(body: bytes) -> bytes:
        try:
            given = method.parameters.model_validate_json(body)
        except ValidationError as error:
            raise CallInvalid(method=method.name, reason=str(error)) from error
        arguments = {name: getattr(given, name) for name in type(given).model_fields}
        result = await getattr(get(protocol), method.name)(**arguments)
        return method.returns.dump_json(result)

    return run


def _checked(checks: Mapping[str, Check]) -> Callable[[bytes], Awaitable[bytes]]:
    async def run(_: bytes) -> bytes:
        for check in checks.values():
            await check()
        return b"{}"

    return run
