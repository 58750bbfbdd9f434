"""An API of a few routes, and somebody who calls it in this process."""

from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp
from tests.support.providers import Only

from bunri.domains.auth.public import AccessVerifier
from bunri.edge.http import problems
from bunri.edge.http.requests import RequestContext


def bare_app(*routers: APIRouter) -> FastAPI:
    """Routes, and problems as every answer of ours tells them."""
    app = FastAPI()
    problems.install(app)
    for router in routers:
        app.include_router(router)
    return app


def client_of(
    app: ASGIApp,
    base_url: str = "http://test",
    *,
    headers: Mapping[str, str] | None = None,
    answers_errors: bool = False,
) -> httpx.AsyncClient:
    """Calls ``app``. An unexpected exception is raised here, or with ``answers_errors`` answered as in production."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=not answers_errors)
    return httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers, timeout=30)


def api_client(
    router: APIRouter, *services: Any, verifier: AccessVerifier | None = None, at: str = ""
) -> httpx.AsyncClient:
    """Calls a domain's router that has the given services; ``at`` is the path that its calls begin with."""
    app = bare_app(router)
    app.add_middleware(RequestContext)
    app.state.providers = Only(*services)
    app.state.verifier = verifier
    return client_of(app, f"http://test{at}")
