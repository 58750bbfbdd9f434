"""What a domain tells the app about itself. One ``Module`` a domain, in ``app/modules/<domain>.py``.

Everything else in ``app`` is a loop over modules that names no domain. What a module says is data, or a function that
imports only when it is called: ``bunri beat`` and the API never load what looks at photos.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bunri.kit.events import Event
from bunri.kit.user_data import UserData

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.edge.http.fast_path import FastPath
    from bunri.edge.http.health import Check
    from bunri.platform.mail.delivery import MailDelivery
    from bunri.platform.queue import Handler
    from bunri.platform.realtime import OrderedSource, SocketHandler, SocketWatcher


class Queue(NamedTuple):
    """A queue of the broker that the module's workers take tasks from."""

    name: str
    concurrency: int
    """Tasks at once in one worker."""
    own_process: bool = False
    """``bunri up`` gives it ``--workers`` processes of its own; the others share one."""


class Subscription(NamedTuple):
    """When ``event`` has happened, ``task`` is put into ``queue``."""

    event: type[Event]
    task: str
    queue: str


class Schedule(NamedTuple):
    """Every ``every`` seconds ``task`` is put into ``queue``."""

    task: str
    queue: str
    every: float


class StoredFolder(NamedTuple):
    """A folder of the object store that is the module's own."""

    prefix: str
    expires_after: "Callable[[Settings], timedelta] | None"
    """Objects are forgotten when they are so old; None: they stay until the module removes them."""


def _nothing(*_: Any) -> tuple[()]:
    return ()


def _provide_nothing(_: "Container") -> None:
    """Its services are all there is."""


def _no_bodies(_: "Settings") -> Mapping[str, int]:
    return {}


def _no_checks(*_: Any) -> "Mapping[str, Check]":
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A domain. Functions that take a container are called once a process."""

    name: str
    """Of the domain and its package."""
    package: str
    """Where its migrations (``migrations/``) and sentences (``texts/``) are."""
    target: str
    """The target that hosts it (``bunri serve --target``)."""
    services: "Mapping[str, Callable[[Container], object]]" = field(default_factory=dict)
    """How its services are made, by the names of their classes within the package (``service.jobs.Jobs``): such a
    file is imported when somebody asks for what is in it, so that a worker does not load what only the API uses."""
    provide: "Callable[[Container], None]" = _provide_nothing
    """Says how anything else is made (Container.provide)."""

    # ── what it needs ─────────────────────────────────────────────────────────────────────────────────────────────
    schema: str | None = None
    """Its schema of the database; its role is named after it."""
    outbox: "Callable[[], Table] | None" = None
    """The schema's outbox, when the domain tells others of events."""
    caches: tuple[str, ...] = ()
    """``jobs``, ``llm_cache``: which numbers of Valkey it uses beside the common one."""
    folders: tuple[StoredFolder, ...] = ()
    """Its folders of the object store."""
    depends_on: tuple[str, ...] = ()
    """Domains whose public Protocol it calls."""

    # ── what it offers ────────────────────────────────────────────────────────────────────────────────────────────
    public: type | None = None
    """The Protocol that other domains call; in another process over HTTP."""
    prefixes: tuple[str, ...] = ()
    """URLs that are its own; the gateway's map is made from them."""
    routers: "Callable[[Container], Sequence[APIRouter]]" = _nothing
    mount: "Callable[[FastAPI, Container], None] | None" = None
    """What is no router: an application of its own below one of the prefixes."""
    fast_path: "Callable[[Container], FastPath] | None" = None
    """Answers beside ASGI (edge.http.fast_path)."""
    socket_handlers: "Callable[[Container], Sequence[SocketHandler]]" = _nothing
    socket_watchers: "Callable[[Container], Sequence[SocketWatcher]]" = _nothing
    """Told of the sockets of an API process that go, and every few seconds."""
    ordered_rooms: "Callable[[Container], OrderedSource] | None" = None
    """Where numbered events of rooms are kept; one domain has them."""
    page_origins: "Callable[[Settings], Sequence[str]]" = _nothing
    """Other origins that the web app's pages may fetch from, for its sake."""
    largest_bodies: "Callable[[Settings], Mapping[str, int]]" = _no_bodies
    """By prefix, how many bytes those of its routes take that bound their bodies themselves (``max_body=None``)."""

    # ── what it does in the background ────────────────────────────────────────────────────────────────────────────
    queues: tuple[Queue, ...] = ()
    task_handlers: "Callable[[Container, str], Sequence[Handler]]" = _nothing
    """The handlers of one queue by the queue's name."""
    subscriptions: tuple[Subscription, ...] = ()
    schedule: tuple[Schedule, ...] = ()
    api_tasks: "Callable[[Container], Sequence[Callable[[], Awaitable[None]]]]" = _nothing
    """Coroutines that run as long as an API process that knows people."""
    mail: "Callable[[Container], MailDelivery] | None" = None
    """What sends the mails that its repository adds (platform.mail.rows); the tasks for it follow from this."""

    # ── how it starts and how it is ───────────────────────────────────────────────────────────────────────────────
    seed: "Callable[[Container, bool], Awaitable[None]] | None" = None
    """Loads what its schema starts with; True: and what shows a stranger how it looks. Safe to run again."""
    readiness: "Callable[[Container, bool], Mapping[str, Check]]" = _no_checks
    """Checks of its own, beside those of its schema, caches, folders, queues and the domains it calls. True: nothing
    else runs in the process."""
    queue_check: "Callable[[Container, str], Awaitable[str | None]] | None" = None
    """What a worker of a queue tries besides being alive; returns what it is missing."""
    user_data: "Callable[[Container], UserData] | None" = None
    """None: it keeps nothing of a person."""

    @property
    def upgrade_task(self) -> str:
        """The task that hands a guest's things over to an account."""
        return f"{self.name}.upgrade"

    @property
    def send_mail_task(self) -> str:
        """The task that sends a mail right after it was queued."""
        return f"{self.name}.send_mail"

    @property
    def retry_mail_task(self) -> str:
        """The task that sends what is due again."""
        return f"{self.name}.retry_mail"

    @property
    def erase_task(self) -> str:
        """The task that removes what is kept of a person who is to be forgotten."""
        return f"{self.name}.erase"

    @property
    def waits_in(self) -> tuple[str, ...]:
        """The queues that its tasks wait in; some are not its own."""
        named = [each.queue for each in self.subscriptions] + [each.queue for each in self.schedule]
        return tuple(dict.fromkeys(named))

    @property
    def stands_alone(self) -> bool:
        """It needs no server and no secret."""
        return not (self.schema or self.caches or self.folders or self.queues)
