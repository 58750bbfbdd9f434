"""A sibling's Protocol, in this process and over HTTP: the same calls, results and errors."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from bunri.app.links.local import local
from bunri.app.links.remote import PeerUnavailable, remote
from bunri.app.links.serving import router
from bunri.app.links.tokens import NotAPeer, PeerTokens
from bunri.edge.http import problems
from bunri.kit.errors import Missing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Song(BaseModel):
    title: str
    length_s: float | None


class SongMissing(Missing):
    code = "song_missing"


class Songs(Protocol):
    async def find(self, words: Sequence[str], limit: int = 2) -> list[Song]: ...
    async def lengths(self, titles: tuple[str, ...]) -> dict[str, float]: ...


class Juke:
    async def find(self, words: Sequence[str], limit: int = 2) -> list[Song]:
        if not words:
            raise SongMissing
        return [Song(title=word, length_s=None) for word in words][:limit]

    async def lengths(self, titles: tuple[str, ...]) -> dict[str, float]:
        return {title: float(len(title)) for title in titles}


@asynccontextmanager
async def opened() -> AsyncIterator[Juke]:
    yield Juke()


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    problems.install(made)
    made.include_router(router(Songs, "songs", opened, PeerTokens("a key for tests", lambda: NOW)))
    return made


@pytest.fixture(params=["local", "remote"])
async def songs(request: pytest.FixtureRequest, app: FastAPI) -> AsyncIterator[Songs]:
    if request.param == "local":
        yield local(Songs, opened)
        return
    tokens = PeerTokens("a key for tests", lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        yield remote(Songs, "songs", client, "http://songs", tokens)


class TestBothWays:
    async def test_models_come_back(self, songs: Songs) -> None:
        assert await songs.find(["아리랑", "b", "c"]) == [
            Song(title="아리랑", length_s=None),
            Song(title="b", length_s=None),
        ]

    async def test_arguments_go_by_name_too(self, songs: Songs) -> None:
        assert len(await songs.find(words=["a", "b", "c"], limit=3)) == 3

    async def test_plain_containers_come_back(self, songs: Songs) -> None:
        assert await songs.lengths(("ab",)) == {"ab": 2.0}

    async def test_named_errors_arrive(self, songs: Songs) -> None:
        with pytest.raises(Missing) as raised:
            await songs.find([])
        assert raised.value.code == "song_missing"


class TestRemote:
    @pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic abc"])
    async def test_strangers_are_refused(self, app: FastAPI, authorization: str) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://songs") as client:
            response = await client.post("/internal/songs/find", json={}, headers={"authorization": authorization})
        assert (response.status_code, response.json()["code"]) == (403, "not_a_peer")

    async def test_an_old_token_is_refused(self) -> None:
        old = PeerTokens("a key for tests", lambda: NOW - timedelta(minutes=5)).issue()
        with pytest.raises(NotAPeer):
            PeerTokens("a key for tests", lambda: NOW).check(f"Bearer {old}")

    async def test_another_key_is_refused(self) -> None:
        foreign = PeerTokens("another key, long enough", lambda: NOW).issue()
        with pytest.raises(NotAPeer):
            PeerTokens("a key for tests", lambda: NOW).check(f"Bearer {foreign}")

    async def test_a_dead_peer_is_unavailable(self) -> None:
        tokens = PeerTokens("a key for tests", lambda: NOW)
        async with httpx.AsyncClient() as client:
            songs = remote(Songs, "songs", client, "http://127.0.0.1:9", tokens)
            with pytest.raises(PeerUnavailable):
                await songs.find(["a"])
