"""Every domain, one line each, and what follows from them: targets, queues, routes, the schedule.

One program, many targets: every URL prefix and every queue belongs to exactly one of them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from bunri.app.module import Module, Queue, Schedule, Subscription
from bunri.app.modules import auth, chat, detection, learning, locations, recycling, users, waste
from bunri.domains.auth.public import GuestMerged, PersonErased
from bunri.kit.errors import Invalid
from bunri.kit.languages import add_catalogue
from bunri.platform.mail.events import MailQueued
from bunri.platform.queue import Route

MODULES: Final = (
    auth.MODULE,
    users.MODULE,
    recycling.MODULE,
    locations.MODULE,
    waste.MODULE,
    chat.MODULE,
    learning.MODULE,
    detection.MODULE,
)

ALL: Final = "all"
DEFAULT_QUEUE: Final = Queue("default", concurrency=8)
"""For quick work of any domain, which must not wait behind photos."""
HEARTBEAT_S: Final = 10.0
RETRY_MAIL_S: Final = 30.0


class TargetUnknown(Invalid):
    """No such target (``name``); ``known`` lists them."""

    code = "target_unknown"


class QueueUnknown(Invalid):
    """No such queue (``name``); ``known`` lists them."""

    code = "queue_unknown"


class RegistryUnsound(Exception):
    """Modules that cannot work together: a name twice, a dependency that is not there, a task without a queue."""


@dataclass(frozen=True)
class Target:
    """What one process serves over HTTP (``bunri serve --target``)."""

    name: str
    modules: tuple[Module, ...]
    """Hosted here; the domains they call live in this process too, or behind ``remote_targets``."""

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(module.name for module in self.modules)

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(prefix for module in self.modules for prefix in module.prefixes)

    @property
    def queues(self) -> tuple[str, ...]:
        """Its own, and the default one where its domains use it."""
        own = tuple(queue.name for module in self.modules for queue in module.queues)
        shared = any(DEFAULT_QUEUE.name in module.waits_in for module in self.modules)
        return (*own, DEFAULT_QUEUE.name) if shared else own

    @property
    def schemas(self) -> tuple[str, ...]:
        return tuple(module.schema for module in self.modules if module.schema)

    @property
    def siblings(self) -> tuple[str, ...]:
        """Domains that are called from here and hosted elsewhere."""
        called = (name for module in self.modules for name in module.depends_on)
        return tuple(dict.fromkeys(name for name in called if name not in self.domains))

    @property
    def stands_alone(self) -> bool:
        """It needs neither servers nor a secret."""
        return all(module.stands_alone for module in self.modules)

    @property
    def caches(self) -> tuple[str, ...]:
        """The numbers of Valkey that it uses."""
        if self.stands_alone:
            return ()
        own = (cache for module in self.modules for cache in module.caches)
        return tuple(dict.fromkeys((*own, "sessions", "common", "broker")))

    @property
    def stores_objects(self) -> bool:
        return any(module.folders for module in self.modules)

    @property
    def needs(self) -> tuple[str, ...]:
        """What it cannot do without, in words."""
        database = ("database",) if self.schemas else ()
        storage = ("storage",) if self.stores_objects else ()
        return (*database, *self.caches, *storage, *self.siblings)


class Registry:
    """Modules and what follows from them. Raises RegistryUnsound."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules: Final = tuple(_with_mail(_with_people(module)) for module in modules)
        _check(self.modules)
        for module in self.modules:
            add_catalogue(module.package)

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        names = dict.fromkeys(module.target for module in self.modules)
        return tuple(Target(name, tuple(each for each in self.modules if each.target == name)) for name in names)

    def target(self, name: str) -> Target:
        """The target ``name``; ``all`` is every one of them in one process. Raises TargetUnknown."""
        if name == ALL:
            return Target(ALL, self.modules)
        for target in self.targets:
            if target.name == name:
                return target
        raise TargetUnknown(name=name, known=", ".join([ALL, *(one.name for one in self.targets)]))

    @cached_property
    def queues(self) -> dict[str, Queue]:
        own = {queue.name: queue for module in self.modules for queue in module.queues}
        return {**own, DEFAULT_QUEUE.name: DEFAULT_QUEUE}

    def owners(self, queues: Collection[str]) -> set[str]:
        """The domains that one of ``queues`` belongs to."""
        return {module.name for module in self.modules if any(queue.name in queues for queue in module.queues)}

    def check_queues(self, names: Sequence[str]) -> None:
        """Raises QueueUnknown for the first of ``names`` that no module owns."""
        for name in names:
            if name not in self.queues:
                raise QueueUnknown(name=name, known=", ".join(self.queues))

    @cached_property
    def routes(self) -> dict[str, tuple[Route, ...]]:
        """From an event's topic to the tasks that it starts."""
        found: dict[str, list[Route]] = {}
        for module in self.modules:
            for subscription in module.subscriptions:
                found.setdefault(subscription.event.topic, []).append(Route(subscription.task, subscription.queue))
        return {topic: tuple(routes) for topic, routes in found.items()}

    @cached_property
    def schedule(self) -> tuple[Schedule, ...]:
        """What beat starts; the heartbeats prove that each queue is really worked on."""
        heartbeats = (Schedule(f"heartbeat.{queue}", queue, HEARTBEAT_S) for queue in self.queues)
        return (*(timed for module in self.modules for timed in module.schedule), *heartbeats)

    @property
    def schemas(self) -> tuple[str, ...]:
        return tuple(module.schema for module in self.modules if module.schema)

    @property
    def public(self) -> dict[str, type]:
        """Domains that others may call, with their Protocols."""
        return {module.name: module.public for module in self.modules if module.public}


def _with_people(module: Module) -> Module:
    """Whoever keeps something of people is told when a guest turns out to be somebody known, and when somebody is to
    be forgotten."""
    if module.user_data is None:
        return module
    merged = Subscription(GuestMerged, module.upgrade_task, DEFAULT_QUEUE.name)
    erased = Subscription(PersonErased, module.erase_task, DEFAULT_QUEUE.name)
    return replace(module, subscriptions=(*module.subscriptions, merged, erased))


def _with_mail(module: Module) -> Module:
    """Whoever sends mails is told of each that is queued, and looks from time to time for those that are due again."""
    if module.mail is None:
        return module
    queued = Subscription(MailQueued, module.send_mail_task, DEFAULT_QUEUE.name)
    retry = Schedule(module.retry_mail_task, DEFAULT_QUEUE.name, RETRY_MAIL_S)
    return replace(module, subscriptions=(*module.subscriptions, queued), schedule=(*module.schedule, retry))


def _check(modules: Sequence[Module]) -> None:
    for what, names in (
        ("domain", [module.name for module in modules]),
        ("prefix", [prefix for module in modules for prefix in module.prefixes]),
        ("queue", [DEFAULT_QUEUE.name, *(queue.name for module in modules for queue in module.queues)]),
        ("schema", [module.schema for module in modules if module.schema]),
        ("scheduled task", [each.task for module in modules for each in module.schedule]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise RegistryUnsound(f"two modules have the {what} {', '.join(twice)}")
    for sentence in _unsound(modules):
        raise RegistryUnsound(sentence)


def _unsound(modules: Sequence[Module]) -> Iterator[str]:
    names = {module.name: module for module in modules}
    queues = {DEFAULT_QUEUE.name, *(queue.name for module in modules for queue in module.queues)}
    for module in modules:
        for other in module.depends_on:
            if other not in names:
                yield f"{module.name} depends on {other}, which is no module"
            elif names[other].public is None:
                yield f"{module.name} depends on {other}, which has no public Protocol"
        for queue in module.waits_in:
            if queue not in queues:
                yield f"a task of {module.name} waits in {queue}, which is no queue of any module"
        if module.outbox and not module.schema:
            yield f"{module.name} has an outbox but no schema"
        if module.mail and not module.outbox:
            yield f"{module.name} sends mails but has no outbox"


REGISTRY: Final = Registry(MODULES)
