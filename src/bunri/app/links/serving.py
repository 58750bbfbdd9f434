"""The other end of ``remote``."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from bunri.app.links.methods import Method, Open, methods
from bunri.app.links.tokens import PeerTokens


def router(protocol: type, domain: str, opened: Open, tokens: PeerTokens) -> APIRouter:
    """``POST /internal/{domain}/{method}`` for services only, not in OpenAPI."""
    routes = APIRouter(prefix=f"/internal/{domain}", include_in_schema=False)
    for method in methods(protocol).values():
        routes.add_api_route(f"/{method.name}", _endpoint(method, opened, tokens), methods=["POST"])
    return routes


def _endpoint(method: Method, opened: Open, tokens: PeerTokens) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        tokens.check(request.headers.get("authorization", ""))
        given = method.parameters.model_validate_json(await request.body())
        arguments = {name: getattr(given, name) for name in type(given).model_fields}
        async with opened() as service:
            result = await getattr(service, method.name)(**arguments)
        return Response(method.returns.dump_json(result), media_type="application/json")

    return serve
