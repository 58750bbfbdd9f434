"""Puts a process together: a container, and in it what the modules of a registry provide."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

from bunri.app.container import Container
from bunri.app.registry import Registry
from bunri.app.rpc.tokens import PeerTokens
from bunri.kit.errors import Invalid
from bunri.kit.user_data import UserDataOfDomains
from bunri.platform.mail.factory import open_mailer
from bunri.platform.mail.protocol import Mailer
from bunri.platform.queue import Backlog
from bunri.platform.realtime import Emitter

C = TypeVar("C", bound=Container)
T = TypeVar("T")


class RemoteTargetUnknown(Invalid):
    """``BUNRI_REMOTE_TARGETS`` names domains (``names``) that nobody calls; ``known`` lists those that are called."""

    code = "remote_target_unknown"


def compose(container: C, registry: Registry) -> C:
    """``container`` with the services of all modules. Those of a domain that runs elsewhere are reached over HTTP.

    Raises RemoteTargetUnknown.
    """
    public, elsewhere = registry.public, container.settings.remote_targets
    if unknown := sorted(set(elsewhere) - set(public)):
        raise RemoteTargetUnknown(names=", ".join(unknown), known=", ".join(public))
    container.provide(PeerTokens, lambda: PeerTokens(container.settings.key("peers"), container.clock))
    container.provide(Backlog, lambda: cast("Backlog", container.publisher))
    container.provide(Emitter, lambda: _worker_emitter(container))
    settings = container.settings
    container.provide(Mailer, lambda: open_mailer(settings.mail, settings.data, container.clock))
    container.provide(UserDataOfDomains, lambda: _user_data(container, registry))
    for module in registry.modules:
        for name, make in module.services.items():
            container.provide(f"{module.package}.{name}", partial(make, container))
        module.provide(container)
        if module.schema and module.outbox:
            container.outboxes[module.schema] = module.outbox
    for name, url in elsewhere.items():
        container.provide(public[name], _client(container, name, public[name], url))
    return container


def _user_data(container: Container, registry: Registry) -> UserDataOfDomains:
    return UserDataOfDomains(
        {module.name: module.user_data(container) for module in registry.modules if module.user_data}
    )


def _worker_emitter(container: Container) -> Emitter:
    """Of a process without sockets: the API processes deliver what it publishes."""
    from bunri.platform.realtime.remote import RemoteEmitter

    return RemoteEmitter(container.cache("common"))


def _client(container: Container, domain: str, protocol: type[T], url: str) -> Callable[[], T]:
    def make() -> T:
        from bunri.app.rpc.client import make_client

        return make_client(protocol, domain, container.http, url, container.get(PeerTokens))

    return make
