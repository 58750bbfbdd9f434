"""What routes say about themselves."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.routing import BaseRoute

from bunri.app.asgi import create_app
from bunri.app.rpc.server import LARGEST_CALL
from bunri.app.settings import Settings
from bunri.edge.http.policies import policies_of
from bunri.platform.http.policy import DEFAULT, LARGEST_JSON, policy_of

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    unused = "redis://127.0.0.1:9"
    secret = SecretStr("a secret for tests only, and long enough")
    database = "postgresql://127.0.0.1:9/none"
    data = tmp_path_factory.mktemp("data")
    return create_app(Settings(data=data, secret=secret, database_url=database, valkey_url=unused))


def routes(found: list[BaseRoute]) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)


def test_whatever_changes_something_says_which_limit_it_counts_against(app: FastAPI) -> None:
    silent = [
        (method, route.path)
        for route in routes(app.routes)
        for method in CHANGING & set(route.methods or ())
        if policy_of(route.endpoint) == DEFAULT
    ]
    assert silent == []


def test_nothing_is_changed_by_asking_for_it(app: FastAPI) -> None:
    changing = {"write", "photo", "upload", "register", "guest", "refresh", "mail"}
    wrong = [
        route.path
        for route in routes(app.routes)
        if not CHANGING & set(route.methods or ()) and policy_of(route.endpoint).rate_limit in changing
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("method", "path", "idempotent", "max_body", "rate_limit"),
    [
        ("POST", "/api/v1/waste/analyze", True, LARGEST_JSON, "photo"),
        ("GET", "/api/v1/waste/analyze", False, LARGEST_JSON, "read"),
        ("POST", "/api/v1/locations/01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10/votes", True, LARGEST_JSON, "write"),
        ("POST", "/api/v1/auth/guest", False, LARGEST_JSON, "guest"),
        ("POST", "/api/v1/auth/refresh", False, LARGEST_JSON, "refresh"),
        ("GET", "/api/v1/waste/status/01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10", False, LARGEST_JSON, "poll"),
        ("GET", "/api/v1/objects/kept/a", False, LARGEST_JSON, "download"),
        ("PUT", "/api/v1/objects/uploads/a", False, None, "upload"),
        ("POST", "/api/v1/detect", False, None, "picture"),
        ("POST", "/detect/ko/gradio_api/upload", False, None, "picture"),
        ("GET", "/api/v1/nowhere", False, LARGEST_JSON, "read"),
        ("POST", "/nowhere", False, LARGEST_JSON, None),
        *[
            ("GET", path, False, LARGEST_JSON, None)
            for path in ("/", "/health", "/api/health/", "/ready", "/metrics", "/docs", "/openapi.json", "/assets/a.js")
        ],
        ("POST", "/internal/recycling/ping", False, LARGEST_CALL, None),
    ],
)
def test_a_request_falls_under_the_policy_of_its_route(
    app: FastAPI, method: str, path: str, idempotent: bool, max_body: int | None, rate_limit: str | None
) -> None:
    found = policies_of(app).of({"type": "http", "method": method, "path": path})
    assert (found.idempotent, found.max_body, found.rate_limit) == (idempotent, max_body, rate_limit)
