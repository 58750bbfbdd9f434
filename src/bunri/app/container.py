"""What one process works with: database, caches, storage, and the services of the domains, each made once.

Modules say how their services are made (``composition``). Nothing is imported or made before somebody asks for it, so
the order in which modules speak does not matter, and a process never loads what it does not use.
"""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from bunri.app.settings import Settings
from bunri.kit.clock import Clock, now
from bunri.platform.cache import Cache
from bunri.platform.db import Database, Relay, Transaction
from bunri.platform.db.address import login_address
from bunri.platform.db.outbox import Publisher
from bunri.platform.limits import RateLimiter
from bunri.platform.storage import Storage, open_storage

if TYPE_CHECKING:
    import httpx

    from bunri.platform.llm.protocol import RemoteModel
    from bunri.platform.photos.pool import DecoderPool

T = TypeVar("T")
R = TypeVar("R")


class NothingProvided(Exception):
    """Somebody asked for a kind of thing that no module provides."""


class Container:
    """``overrides`` take the place of what modules provide, by kind: a test brings its own vision models so."""

    shares_queues = True
    """Whether what is published here may be worked on anywhere."""
    storage_within_s: float | None = None
    """How long the store has for an answer; None: as long as large files take."""

    def __init__(
        self,
        settings: Settings,
        publisher: Publisher,
        *,
        clock: Clock = now,
        overrides: Mapping[type[Any], object] | None = None,
    ) -> None:
        self.settings = settings
        self.publisher = publisher
        self.clock = clock
        self.outboxes: dict[str, Callable[[], Table]] = {}
        """By schema: those whose events this process sends."""
        self.closing = AsyncExitStack()
        self._makers: dict[str, Callable[[], Any]] = {}
        self._made: dict[str, Any] = {}
        self._overrides = dict(overrides or {})
        self._caches: dict[str, Cache] = {}
        self.provide(RateLimiter, self._rate_limiter)

    # ── services ──────────────────────────────────────────────────────────────────────────────────────────────────

    def provide(self, kind: type[T] | str, make: Callable[[], T]) -> None:
        """Says how the one ``kind`` of this process is made, when somebody asks for it first. The last word counts.

        A class may be named instead (``bunri.domains.waste.service.jobs.Jobs``), so that its file is imported by
        those who ask for it and by nobody else.
        """
        self._makers[_name(kind)] = make
        self._made.pop(_name(kind), None)

    def get(self, kind: type[T]) -> T:
        """The one ``kind`` of this process. Raises NothingProvided."""
        if kind in self._overrides:
            return cast("T", self._overrides[kind])
        name = _name(kind)
        if name not in self._made:
            if name not in self._makers:
                raise NothingProvided(kind)
            self._made[name] = self._makers[name]()
        return cast("T", self._made[name])

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def database(self) -> Database:
        """One pool for every domain of this process, and the relays that send their outboxes."""
        url = login_address(str(self.settings.database_url), self.settings.key("database roles"))
        database = Database(url, pool_size=self.settings.database_pool)
        for schema, outbox in self.outboxes.items():
            opened = database.transactions(schema, lambda session: session)
            database.relays[schema] = Relay(opened, outbox(), self.publisher)
        self.closing.push_async_callback(database.dispose)
        return database

    def transactions(self, schema: str, repository: Callable[[AsyncSession], R]) -> Transaction[R]:
        """Transactions as the role of ``schema``, with its repository in hand."""
        return self.database.transactions(schema, repository)

    def cache(self, concern: str) -> Cache:
        """``sessions``, ``jobs``, ``llm_cache`` or ``common``; made once."""
        if concern not in self._caches:
            cache = Cache(self.settings.cache_address(concern))
            self._caches[concern] = cache
            self.closing.push_async_callback(cache.close)
        return self._caches[concern]

    def _rate_limiter(self) -> RateLimiter:
        """Counts for all processes together, in Valkey; a process without one counts for itself."""
        from bunri.platform.limits.memory import MemoryRateLimiter
        from bunri.platform.limits.valkey import ValkeyRateLimiter

        settings = self.settings
        if settings.secret is None or not (settings.valkey_url or settings.common_url):
            return MemoryRateLimiter(settings.limits)
        limiter = ValkeyRateLimiter(settings.cache_address("common"), settings.limits, settings.key("limits"))
        self.closing.push_async_callback(limiter.close)
        return limiter

    @cached_property
    def storage(self) -> Storage:
        url = self.settings.storage_url or (self.settings.data / "objects").absolute().as_uri()
        return open_storage(url, secret=self.settings.key("upload tickets"), within_s=self.storage_within_s)

    @cached_property
    def decoders(self) -> "DecoderPool":
        """What reads pictures for this process; its own processes start with the first one."""
        from bunri.platform.photos.pool import DecoderPool

        pool = DecoderPool(self.settings.decoders)
        self.closing.callback(pool.close)
        return pool

    @cached_property
    def language_model(self) -> "RemoteModel | None":
        """The one that is configured, for every domain of this process; None: there is none."""
        from bunri.platform.llm.factory import open_model

        model = open_model(self.settings.llm)
        if model:
            self.closing.push_async_callback(model.aclose)
        return model

    @cached_property
    def http(self) -> "httpx.AsyncClient":
        """For calls between targets, which have their own time-outs (rpc.client)."""
        import httpx

        # Shorter than a server keeps an idle connection, or the next call may meet one that is just closing.
        client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(keepalive_expiry=2))  # noqa: S113
        self.closing.push_async_callback(client.aclose)
        return client

    async def close(self) -> None:
        await self.closing.aclose()


def _name(kind: type[Any] | str) -> str:
    return kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"
