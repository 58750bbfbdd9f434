"""A router that is passed by answers as if it had been looked through."""

from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.routing import Match
from starlette.types import Scope

from bunri.edge.http.routers import FromPrefix

songs = APIRouter(prefix="/api/songs", tags=["songs"])
birds = APIRouter()


@songs.get("")
async def all_songs() -> str:
    return "all"


@songs.put("/{name}")
async def sing(name: str) -> str:
    return name


@birds.get("/{kind}/birds")
async def birds_of(kind: str) -> str:
    return kind


def application(quick: bool) -> FastAPI:
    app = FastAPI()
    for router in (songs, birds):
        app.include_router(FromPrefix(router) if quick else router)
    return app


async def asked(app: FastAPI, method: str, path: str) -> tuple[int, Any, str | None]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.request(method, path)
    return answer.status_code, answer.text, answer.headers.get("location") or answer.headers.get("allow")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/songs", 200),
        ("GET", "/api/songs/", 307),
        ("PUT", "/api/songs/arirang", 200),
        ("PUT", "/api/%73ongs/a%2Fb", 404),
        ("POST", "/api/songs/arirang", 405),
        ("GET", "/api/song", 404),
        ("GET", "/api/birds", 200),
        ("GET", "/", 404),
    ],
)
async def test_answers_are_those_of_the_router_itself(method: str, path: str, status: int) -> None:
    found = await asked(application(quick=True), method, path)
    assert found == await asked(application(quick=False), method, path)
    assert found[0] == status


def test_the_contract_is_the_same() -> None:
    assert application(quick=True).openapi() == application(quick=False).openapi()


def test_a_path_that_begins_otherwise_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def matches(_: APIRouter, scope: Scope) -> tuple[Match, Scope]:
        looked.append(scope["path"])
        return Match.NONE, {}

    monkeypatch.setattr(APIRouter, "matches", matches)
    router = FromPrefix(songs)
    for path, root_path in (("/api/songs/a", ""), ("/api/birds", ""), ("/below/api/songs", "/below")):
        router.matches({"type": "http", "path": path, "root_path": root_path})
    assert looked == ["/api/songs/a", "/below/api/songs"]


def test_what_is_no_plain_route_may_answer_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = APIRouter()
    mixed.add_api_route("/api/songs", all_songs)

    async def listen(socket: WebSocket) -> None:
        await socket.accept()

    mixed.add_api_websocket_route("/listen", listen)
    monkeypatch.setattr(APIRouter, "matches", lambda *_: (Match.FULL, {}))
    assert FromPrefix(mixed).matches({"type": "websocket", "path": "/listen"})[0] == Match.FULL
