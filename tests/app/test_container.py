"""What one process works with is made once, however often and by whomever it is asked for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pkgutil import resolve_name
from types import ModuleType
from typing import Any, Final

import pytest
from pydantic import HttpUrl, SecretStr
from tests.support.api import client_of

from bunri.app.asgi import create_app
from bunri.app.composition import compose
from bunri.app.container import Container, NothingProvided
from bunri.app.inline import InlineContainer
from bunri.app.registry import REGISTRY
from bunri.app.rpc.client import make_client
from bunri.app.rpc.tokens import PeerTokens
from bunri.app.settings import Settings
from bunri.app.worker import handlers_of
from bunri.domains.auth.models import outbox
from bunri.domains.auth.public import SessionEnded
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.locations.service import LocationsService
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.recycling.service import RecyclingService
from bunri.kit.ids import new_id
from bunri.platform.db import Outbox
from bunri.platform.llm import factory as llm
from bunri.platform.llm.settings import LlmSettings
from bunri.platform.places import factory as places
from bunri.platform.places.settings import PlacesSettings

NOWHERE: Final = HttpUrl("http://127.0.0.1:9")
PLACES: Final = PlacesSettings(provider="kakao", api_key=SecretStr("a key"), base_url=NOWHERE)


class Recorder:
    """A publisher that remembers."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        self.sent.append((topic, payload))


class Lamp:
    """A thing that some module provides."""


@pytest.fixture
async def container(settings: Settings) -> AsyncIterator[Container]:
    async with closing(InlineContainer(settings)) as made:
        yield made


@asynccontextmanager
async def closing(container: Container) -> AsyncIterator[Container]:
    yield container
    await container.close()


class TestProviders:
    async def test_one_runs_once_however_often_it_is_asked(self, container: Container) -> None:
        made: list[Lamp] = []

        def make() -> Lamp:
            made.append(Lamp())
            return made[-1]

        container.provide(Lamp, make)
        assert made == []
        found = [container.get(Lamp) for _ in range(3)]
        assert found == made * 3
        assert len(made) == 1

    async def test_the_order_in_which_they_are_told_does_not_matter(self, container: Container) -> None:
        class Room:
            def __init__(self, lamp: Lamp) -> None:
                self.lamp = lamp

        container.provide(Room, lambda: Room(container.get(Lamp)))
        container.provide(Lamp, Lamp)
        assert container.get(Room).lamp is container.get(Lamp)

    async def test_the_last_word_counts(self, container: Container) -> None:
        first, second = Lamp(), Lamp()
        container.provide(Lamp, lambda: first)
        assert container.get(Lamp) is first
        container.provide(Lamp, lambda: second)
        assert container.get(Lamp) is second

    async def test_a_class_may_be_named(self, container: Container) -> None:
        lamp = Lamp()
        container.provide(f"{Lamp.__module__}.Lamp", lambda: lamp)
        assert container.get(Lamp) is lamp

    async def test_an_override_wins_over_what_a_module_provides(self, settings: Settings) -> None:
        own = Lamp()
        async with closing(InlineContainer(settings, overrides={RecyclingService: own})) as container:
            assert container.get(RecyclingService) is own  # type: ignore[comparison-overlap]
            container.provide(RecyclingService, lambda: pytest.fail("it is overridden"))
            assert container.get(RecyclingPublic) is own  # type: ignore[comparison-overlap]

    async def test_what_nobody_provides_is_said_by_its_kind(self, container: Container) -> None:
        with pytest.raises(NothingProvided, match="Lamp"):
            container.get(Lamp)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often this process has opened a client of each external service."""
    count: Counter[str] = Counter()

    def counted(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def open_one(settings: object) -> object:
            count[name] += 1
            return real(settings)

        monkeypatch.setattr(module, name, open_one)

    counted(llm, "open_model")
    counted(places, "open_places")
    return count


async def test_all_in_one_process_shares_what_other_targets_would_call(
    settings: Settings, opened: Counter[str]
) -> None:
    """Routes, other domains, tasks and RPC work with one service of each kind, and so with one client each."""
    external = {"llm": LlmSettings(provider="openai", base_url=NOWHERE), "places": PLACES}
    app = create_app(settings.model_copy(update=external), "all")
    container: Container = app.state.providers
    async with app.router.lifespan_context(app), client_of(app) as client:
        assert (await client.get("/api/v1/recycling/search", params={"q": "유리병"})).status_code == 200
        area = {"south": 37.5, "north": 37.6, "west": 126.9, "east": 127.1}
        assert (await client.get("/api/v1/locations/within", params=area)).status_code == 200
        peer = make_client(RecyclingPublic, "recycling", client, "http://test", container.get(PeerTokens))
        assert await peer.version() == await container.get(RecyclingService).version()
        handlers_of(container, REGISTRY, list(REGISTRY.queues))
        for name in list(container._makers):  # whatever a module provides
            container.get(resolve_name(name))
        assert container.get(RecyclingPublic) is container.get(RecyclingService)
        assert container.get(LocationsPublic) is container.get(LocationsService)
    assert opened == {"open_model": 1, "open_places": 1}


async def test_an_event_that_was_left_is_sent_once_by_a_worker_of_several_queues(settings: Settings) -> None:
    recorder, event = Recorder(), SessionEnded(session_id=new_id(), owner=f"guest_{new_id()}")
    async with closing(compose(Container(settings, recorder), REGISTRY)) as container:
        handlers_of(container, REGISTRY, ["default", "waste"])
        relay = container.database.relays.pop("auth")  # the process that commits dies before it sends
        async with container.database.transaction("auth") as session:
            await Outbox(session, outbox).add(event)
        container.database.relays["auth"] = relay
        relays = container.database.relays.values()
        while any(await asyncio.gather(*(each.send_left(grace=timedelta()) for each in relays))):
            pass  # other tests leave events, too
    assert recorder.sent.count((SessionEnded.topic, event.model_dump(mode="json"))) == 1
