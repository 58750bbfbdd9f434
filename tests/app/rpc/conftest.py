"""Songs behind an address, with the token that opens it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.app.rpc.songs import TOKENS, Juke, SongMissing, Songs
from tests.support.api import bare_app, client_of

from bunri.app.rpc.server import router
from bunri.edge.http.requests import RequestContext


@pytest.fixture
def juke() -> Juke:
    return Juke()


async def _works() -> None: ...


async def _fails() -> None:
    raise SongMissing


@pytest.fixture
async def http(juke: Juke) -> AsyncIterator[httpx.AsyncClient]:
    app = bare_app(
        router("songs", Songs, lambda _: juke, TOKENS, {"needle": _works}),
        router("broken", Songs, lambda _: juke, TOKENS, {"needle": _fails}),
    )
    app.add_middleware(RequestContext)
    async with client_of(app, "http://songs") as client:
        yield client
