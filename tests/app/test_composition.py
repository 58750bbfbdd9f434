"""How a process is put together."""

from pkgutil import resolve_name

import pytest
from typing_extensions import is_protocol

from bunri.app.asgi import create_app
from bunri.app.composition import RemoteTargetUnknown, compose
from bunri.app.container import Container
from bunri.app.module import Module
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.domains.auth.public import AuthPublic
from bunri.domains.auth.service.people import People
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.locations.service import LocationsService
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.recycling.service import RecyclingService
from bunri.kit.sentences import sentence
from bunri.platform.queue import InlinePublisher


def composed(settings: Settings) -> Container:
    return compose(Container(settings, InlinePublisher({})), REGISTRY)


def test_a_domain_that_nobody_calls_cannot_run_elsewhere(settings: Settings) -> None:
    wrong = settings.model_copy(update={"remote_targets": {"chta": "http://x"}})
    with pytest.raises(RemoteTargetUnknown) as raised:
        composed(wrong)
    assert "chta" in sentence(raised.value, "en")
    assert "recycling" in sentence(raised.value, "en")


async def test_in_one_process_a_domain_is_called_itself(settings: Settings) -> None:
    container = composed(settings)
    assert container.get(RecyclingPublic) is container.get(RecyclingService)
    assert container.get(LocationsPublic) is container.get(LocationsService)
    await container.close()


async def test_elsewhere_it_is_called_over_http(settings: Settings) -> None:
    split = settings.model_copy(update={"remote_targets": {"recycling": "http://127.0.0.1:9"}})
    container = composed(split)
    assert not isinstance(container.get(RecyclingPublic), RecyclingService)
    assert isinstance(container.get(LocationsPublic), LocationsService)
    await container.close()


@pytest.mark.parametrize(
    ("target", "asks_itself"), [("all", {"auth", "recycling"}), ("auth", {"auth"}), ("users", set()), ("waste", set())]
)
async def test_who_hosts_a_domain_never_asks_its_own_address(
    settings: Settings, target: str, asks_itself: set[str]
) -> None:
    """One file of settings is for all targets."""
    everywhere = {"auth": "http://127.0.0.1:9", "recycling": "http://127.0.0.1:9"}
    app = create_app(settings.model_copy(update={"remote_targets": everywhere}), target)
    container: Container = app.state.providers
    assert set(container.settings.remote_targets) == everywhere.keys() - asks_itself
    assert isinstance(container.get(AuthPublic), People) == ("auth" in asks_itself)
    await container.close()


async def test_every_worker_process_runs_one_relay_for_each_outbox(settings: Settings) -> None:
    container = composed(settings)
    assert set(container.database.relays) == {module.schema for module in REGISTRY.modules if module.outbox}
    assert len({id(relay) for relay in container.database.relays.values()}) == len(container.database.relays)
    await container.close()


@pytest.mark.parametrize("module", REGISTRY.modules, ids=lambda module: module.name)
async def test_each_service_is_made_under_the_name_of_its_class(settings: Settings, module: Module) -> None:
    container = composed(settings)
    for name in module.services:
        found = resolve_name(f"{module.package}.{name}")
        assert f"{found.__module__}.{found.__qualname__}" == f"{module.package}.{name}"
        made = container.get(found)
        assert is_protocol(found) or isinstance(made, found)
    await container.close()
