"""What a new domain has to touch: its own package and its Module. Nothing of the product knows the toy (toy/)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text as sql
from sqlalchemy.exc import ProgrammingError
from tests.app.toy.module import MODULE
from tests.app.toy.songs.public import Song, SongsPublic
from tests.app.toy.songs.service import SongsService
from tests.edge.realtime.test_server import Client
from tests.support.api import client_of
from tests.support.cluster import Cluster
from tests.support.platform import free_port
from tests.support.tokens import access_token

from bunri.app.asgi import create_app
from bunri.app.inline import InlineContainer
from bunri.app.registry import MODULES, Registry
from bunri.app.rpc.client import make_client
from bunri.app.rpc.tokens import PeerTokens
from bunri.app.settings import Settings
from bunri.app.up import worker_commands
from bunri.app.worker import handlers_of
from bunri.domains.auth.public import GuestMerged
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.waste.public import AnalysisDone
from bunri.edge.realtime.frames import FramesProtocol
from bunri.kit.clock import now
from bunri.kit.ids import new_id
from bunri.platform.db import Database
from bunri.platform.db.address import login_address
from bunri.platform.realtime import NAMESPACE

SRC = Path(__file__).parents[2] / "src" / "bunri"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry((*MODULES, MODULE))


@pytest.fixture
async def settings(cluster: Cluster, settings: Settings, registry: Registry) -> Settings:
    await cluster.migrate(settings, registry)
    return settings


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address of ``app`` on a real server, as ``bunri serve`` runs it."""
    import uvicorn

    port = free_port()
    config = uvicorn.Config(app, port=port, ws=FramesProtocol, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells by no event
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


def token(settings: Settings, owner: str) -> str:
    key = SigningKeys(settings.key("access tokens"))
    return access_token(key, owner, "초록이", now(), timedelta(hours=1))


def test_nothing_of_the_product_names_it() -> None:
    naming = [file for file in SRC.rglob("*.py") if "songs" in file.read_text("utf-8")]
    assert naming == []


async def test_its_routes_answer_and_say_what_they_take(settings: Settings, registry: Registry) -> None:
    app = create_app(settings, "all", registry)
    me, other = (f"guest_{new_id()}" for _ in range(2))
    headers = {"Authorization": f"Bearer {token(settings, me)}", "Accept-Language": "en"}
    title = f"아리랑 {new_id()}"
    async with (
        app.router.lifespan_context(app),
        client_of(app, headers=headers) as client,
    ):
        assert (await client.post("/api/v1/songs", json={"title": title})).status_code == 201
        again = await client.post("/api/v1/songs", json={"title": title})
        assert (again.status_code, again.json()["code"]) == (409, "song_known")
        assert again.json()["detail"] == f"Somebody sings “{title}” already."
        key = {"Idempotency-Key": str(new_id())}
        first, repeat = [await client.post("/api/v1/songs", json={"title": f"{title}!"}, headers=key) for _ in "ab"]
        assert (first.status_code, repeat.status_code) == (201, 201)
        assert (await client.post("/api/v1/songs", json={"title": "x" * 300})).status_code == 413
        assert [song["title"] for song in (await client.get("/api/v1/songs")).json()] == [title, f"{title}!"]
        theirs = {"Authorization": f"Bearer {token(settings, other)}"}
        assert (await client.get("/api/v1/songs", headers=theirs)).json() == []
        parts = (await client.get("/ready")).json()["parts"]
        assert parts["database:songs"]["ok"]
        assert "queue:songs" in parts
        assert "/api/v1/songs" in (await client.get("/openapi.json")).json()["paths"]


async def test_its_target_runs_alone_and_is_called_over_http(settings: Settings, registry: Registry) -> None:
    target = registry.target("songs")
    assert target.needs == ("database", "sessions", "common", "broker")
    app = create_app(settings, "songs", registry)
    peers = PeerTokens(settings.key("peers"), now)
    async with (
        app.router.lifespan_context(app),
        client_of(app) as client,
    ):
        songs = make_client(SongsPublic, "songs", client, "http://test", peers)
        assert await songs.of(f"guest_{new_id()}") == []
        assert (await client.get("/api/v1/waste/jobs")).status_code == 404


async def test_its_socket_event_is_acknowledged_and_pushed_after_the_commit(
    settings: Settings, registry: Registry
) -> None:
    app = create_app(settings, "all", registry)
    me = f"guest_{new_id()}"
    client = Client()
    sung: asyncio.Queue[object] = asyncio.Queue()
    client.on("sung", sung.put, namespace=NAMESPACE)
    async with served(app) as url:
        auth = {"token": token(settings, me)}
        await client.connect(url, auth=auth, namespaces=[NAMESPACE], transports=["websocket"])
        title = f"도라지 {new_id()}"
        answer = await client.call("sing", {"title": title}, namespace=NAMESPACE, timeout=10)
        assert answer == {"status": "success", "data": {"title": title}}
        async with asyncio.timeout(10):
            assert await sung.get() == {"title": title}
        again = await client.call("sing", {"title": title}, namespace=NAMESPACE, timeout=10)
        assert (again["status"], again["code"]) == ("error", "song_known")
        await client.close()


async def test_it_hears_of_what_happened_in_another_domain(settings: Settings, registry: Registry) -> None:
    container = InlineContainer(settings, registry)
    container.load_handlers()
    me = f"guest_{new_id()}"
    done = AnalysisDone(job_id=new_id(), owner=me, item="can", asked=False)
    for _ in range(2):  # a message may come twice
        await container.publisher.publish(AnalysisDone.topic, done.model_dump(mode="json"))
    await container.work()
    assert await container.get(SongsService).of(me) == [Song(title=f"Thank you, here is “{done.job_id}”.", singer=me)]
    await container.close()


async def test_what_it_keeps_of_a_guest_goes_to_the_account(settings: Settings, registry: Registry) -> None:
    container = InlineContainer(settings, registry)
    container.load_handlers()
    guest, account = (f"guest_{new_id()}" for _ in range(2))
    done = AnalysisDone(job_id=new_id(), owner=guest, item="can", asked=False)
    await container.publisher.publish(AnalysisDone.topic, done.model_dump(mode="json"))
    merged = GuestMerged(old=guest, new=account)
    for _ in range(2):
        await container.publisher.publish(GuestMerged.topic, merged.model_dump(mode="json"))
    await container.work()
    songs = container.get(SongsService)
    assert (await songs.of(guest), len(await songs.of(account))) == ([], 1)
    await container.close()


async def test_its_queue_is_worked_on_and_its_schedule_kept(settings: Settings, registry: Registry) -> None:
    container = InlineContainer(settings, registry)
    assert {each.name for each in handlers_of(container, registry, ["songs"])} == {"songs.thank", "songs.hum"}
    await container.close()
    assert {"songs.hum", "heartbeat.songs"} <= {timed.task for timed in registry.schedule}
    command = worker_commands(registry, 1)["default"]
    assert ("--queue", "songs") in pairwise(command)


async def test_its_role_sees_its_own_schema_alone(settings: Settings, registry: Registry) -> None:
    database = Database(login_address(str(settings.database_url), settings.key("database roles")))
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction("songs") as session:
            await session.execute(sql("select * from waste.jobs limit 1"))
    await database.dispose()
