"""What one process works with: database, caches, storage, and the services of the domains, each made once.

The same container serves HTTP (``asgi``), works on queues (``worker``) and runs commands (``inline``). Modules say how
their services are made; nothing is made before somebody asks for it, so the order in which modules speak does not
matter, and a process never loads what it does not use.
"""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncSession

from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.kit.clock import Clock, now
from bunri.platform.cache import Cache
from bunri.platform.db import Database, Relay, Transaction
from bunri.platform.db.address import login_address
from bunri.platform.db.outbox import Publisher
from bunri.platform.realtime import Emitter
from bunri.platform.storage import Storage, open_storage

if TYPE_CHECKING:
    import httpx

    from bunri.app.rpc.tokens import PeerTokens

T = TypeVar("T")
R = TypeVar("R")


class NothingProvided(Exception):
    """Somebody asked for a kind of thing that no module provides."""


class Container:
    """``overrides`` take the place of what modules provide, by kind: a test brings its own vision models so."""

    def __init__(
        self,
        settings: Settings,
        publisher: Publisher,
        registry: Registry = REGISTRY,
        *,
        clock: Clock = now,
        overrides: Mapping[type[Any], object] | None = None,
    ) -> None:
        self.settings = settings
        self.publisher = publisher
        self.registry = registry
        self.clock = clock
        self.closing = AsyncExitStack()
        self._makers: dict[type[Any], Callable[[], Any]] = {}
        self._made: dict[type[Any], Any] = {}
        self._overrides = dict(overrides or {})
        self._caches: dict[str, Cache] = {}
        self.provide(Emitter, self._worker_emitter)
        for module in registry.modules:
            module.provide(self)
        for name, protocol in registry.public.items():
            if name in settings.remote_targets:
                self._makers[protocol] = self._client(name, protocol)

    # ── services ──────────────────────────────────────────────────────────────────────────────────────────────────

    def provide(self, kind: type[T], make: Callable[[], T]) -> None:
        """Says how the one ``kind`` of this process is made, when somebody asks for it first. The last word counts."""
        self._makers[kind] = make
        self._made.pop(kind, None)

    def get(self, kind: type[T]) -> T:
        """The one ``kind`` of this process. Raises NothingProvided."""
        if kind in self._overrides:
            return cast("T", self._overrides[kind])
        if kind not in self._made:
            if kind not in self._makers:
                raise NothingProvided(kind)
            self._made[kind] = self._makers[kind]()
        return cast("T", self._made[kind])

    def _client(self, domain: str, protocol: type[T]) -> Callable[[], T]:
        """Another target's domain, over HTTP."""

        def make() -> T:
            from bunri.app.rpc.client import make_client

            return make_client(protocol, domain, self._http, self.settings.remote_targets[domain], self.peer_tokens)

        return make

    def _worker_emitter(self) -> Emitter:
        """Of a process without sockets: the API processes deliver what it publishes."""
        from bunri.platform.realtime.cluster import ClusterEmitter, ClusterManager

        return ClusterEmitter(ClusterManager(self.cache("common"), write_only=True))

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def database(self) -> Database:
        """One pool for every domain of this process, and the relays that send their outboxes."""
        url = login_address(str(self.settings.database_url), self.settings.key("database roles"))
        database = Database(url, pool_size=self.settings.database_pool)
        for module in self.registry.modules:
            if module.schema and module.outbox:
                opened = database.transactions(module.schema, lambda session: session)
                database.relays[module.schema] = Relay(opened, module.outbox(), self.publisher)
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

    @cached_property
    def storage(self) -> Storage:
        url = self.settings.storage_url or (self.settings.data / "objects").absolute().as_uri()
        return open_storage(url, secret=self.settings.key("upload tickets"))

    @cached_property
    def peer_tokens(self) -> "PeerTokens":
        from bunri.app.rpc.tokens import PeerTokens

        return PeerTokens(self.settings.key("peers"), self.clock)

    @cached_property
    def _http(self) -> "httpx.AsyncClient":
        import httpx

        # Shorter than a server keeps an idle connection, or the next call may meet one that is just closing.
        client = httpx.AsyncClient(timeout=None, limits=httpx.Limits(keepalive_expiry=2))  # noqa: S113  # Guard has it
        self.closing.push_async_callback(client.aclose)
        return client

    async def close(self) -> None:
        await self.closing.aclose()
