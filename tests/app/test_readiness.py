"""What ``/ready`` finds out about the parts that a target needs."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest
from tests.support.api import client_of
from tests.support.servers import ok, serving, status

from bunri.app import heartbeats
from bunri.app.asgi import create_app
from bunri.app.container import Container
from bunri.app.heartbeats import QueueSilent
from bunri.app.inline import InlineContainer
from bunri.app.readiness import NEARLY_FULL, checks_of
from bunri.app.registry import REGISTRY
from bunri.app.rpc.client import PeerUnavailable
from bunri.app.settings import Settings
from bunri.platform.db.address import owner_address
from bunri.platform.db.engine import DatabaseUnavailable
from bunri.platform.db.migrate import migrate
from bunri.platform.embedded import EmbeddedServers

ContainerWith = Callable[..., Container]
WASTE = REGISTRY.target("waste")


@pytest.fixture
async def container_with(settings: Settings) -> AsyncIterator[ContainerWith]:
    """A container with some settings changed, closed with the test."""
    async with AsyncExitStack() as closing:

        def make(**changed: Any) -> Container:
            made = InlineContainer(settings.model_copy(update=changed))
            closing.push_async_callback(made.close)
            return made

        yield make


@pytest.fixture
def unheard(settings: Settings) -> dict[str, str]:
    """A number of Valkey where no worker of another test leaves a heartbeat."""
    return {"common_url": f"{settings.valkey_url}/9"}


class TestConnections:
    async def test_it_says_so_when_the_server_is_nearly_full(
        self, lone_postgres: EmbeddedServers, settings: Settings, container_with: ContainerWith
    ) -> None:
        url = str(lone_postgres.addresses.database_url)
        await migrate(owner_address(url), (), settings.key("database roles"))
        container = container_with(database_url=url)
        check = checks_of(container, REGISTRY, REGISTRY.target("auth"))["database:connections"]
        async with AsyncExitStack() as closing:
            while (said := await check()) is None:
                open_, most = await container.database.connections()
                assert open_ <= NEARLY_FULL * most
                # Somebody else's connections count as well as our own.
                closing.push_async_callback((await asyncpg.connect(url)).close)
            assert said == f"{open_ + 1} of {most} connections are taken"

    async def test_a_target_without_a_schema_does_not_ask(self, container_with: ContainerWith) -> None:
        found = checks_of(container_with(), REGISTRY, REGISTRY.target("detect"))
        assert [name for name in found if name.startswith("database")] == []


class TestQueues:
    async def test_one_without_workers_is_silent_and_said_by_name(
        self, container_with: ContainerWith, unheard: dict[str, str]
    ) -> None:
        container = container_with(**unheard)
        await container.cache("common").delete("heartbeat:recycling")
        with pytest.raises(QueueSilent) as raised:
            await checks_of(container, REGISTRY, REGISTRY.target("recycling"))["queue:recycling"]()
        assert raised.value.data == {"queue": "recycling"}

    @pytest.mark.parametrize("reason", [None, "no detector"])
    async def test_one_that_is_worked_on_says_what_its_workers_are_missing(
        self, container_with: ContainerWith, unheard: dict[str, str], reason: str | None
    ) -> None:
        container = container_with(**unheard)
        await heartbeats.beat(container.cache("common"), "waste", reason)
        assert await checks_of(container, REGISTRY, WASTE)["queue:waste"]() == reason

    async def test_a_silent_one_makes_its_target_not_ready(self, settings: Settings, unheard: dict[str, str]) -> None:
        app = create_app(settings.model_copy(update=unheard), "recycling")
        await app.state.providers.cache("common").delete("heartbeat:recycling")
        async with app.router.lifespan_context(app), client_of(app) as client:
            response = await client.get("/ready")
        parts = response.json()["parts"]
        assert (response.status_code, parts["queue:recycling"]["ok"]) == (503, False)
        assert parts["database:recycling"]["ok"]


class TestSiblings:
    """Domains that a target calls and does not host."""

    async def test_one_in_this_process_needs_its_schema(self, container_with: ContainerWith) -> None:
        found = checks_of(container_with(), REGISTRY, WASTE)
        assert {"database:waste", "database:recycling", "database:locations"} <= set(found)
        assert {"recycling", "locations"}.isdisjoint(found)

    async def test_one_that_is_split_off_is_asked_whether_it_works(self, container_with: ContainerWith) -> None:
        async with serving(ok({})) as server:
            found = checks_of(container_with(remote_targets={"recycling": server.url}), REGISTRY, WASTE)
            assert await found["recycling"]() is None
        assert [request.path for request in server.requests] == ["/internal/recycling/ping"]
        assert "database:recycling" not in found

    async def test_one_that_is_down_is_unavailable(self, container_with: ContainerWith) -> None:
        found = checks_of(container_with(remote_targets={"recycling": "http://127.0.0.1:9"}), REGISTRY, WASTE)
        with pytest.raises(PeerUnavailable) as raised:
            await found["recycling"]()
        assert raised.value.data["domain"] == "recycling"

    async def test_one_that_lacks_something_says_what(self, container_with: ContainerWith) -> None:
        async with serving(status(503, {"code": "database_unavailable", "data": {}})) as server:
            found = checks_of(container_with(remote_targets={"recycling": server.url}), REGISTRY, WASTE)
            with pytest.raises(DatabaseUnavailable):
                await found["recycling"]()
