"""What one process works with: the databases, caches, storage and services of the domains it hosts.

The same house serves HTTP (``asgi``), works on queues (``worker``) and runs ``bunri analyze``; they differ in which
rooms they open and in the publisher they hand over.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from bunri.app.links.local import local
from bunri.app.settings import Settings
from bunri.kit.clock import Clock, now
from bunri.platform.cache import Cache
from bunri.platform.db import Database, Relay
from bunri.platform.db.address import role_address
from bunri.platform.db.outbox import Publisher
from bunri.platform.services import Services
from bunri.platform.storage import Storage, open_storage

if TYPE_CHECKING:
    import httpx

    from bunri.app.links.tokens import PeerTokens
    from bunri.platform.vision.local import LocalVision

log = structlog.get_logger(__name__)

S = TypeVar("S")
P = TypeVar("P")


class House:
    def __init__(self, settings: Settings, publisher: Publisher, clock: Clock = now) -> None:
        self.settings = settings
        self.publisher = publisher
        self.clock = clock
        self.services = Services()
        self.relays: list[Relay] = []
        self.remarks: dict[str, str | None] = {}
        """What a worker of this house is missing, by queue."""
        self.closing = AsyncExitStack()
        self._databases: dict[str, Database] = {}
        self._caches: dict[str, Cache] = {}

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def database(self, domain: str) -> Database:
        """The domain's own role's way into PostgreSQL; made once."""
        if domain not in self._databases:
            url = role_address(str(self.settings.database_url), domain, self.settings.key("database roles"))
            database = Database(url, pool_size=self.settings.database_pool)
            self._databases[domain] = database
            self.closing.push_async_callback(database.dispose)
        return self._databases[domain]

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
        from bunri.app.links.tokens import PeerTokens

        return PeerTokens(self.settings.key("peers"), self.clock)

    @cached_property
    def eyes(self) -> "LocalVision":
        """Our own eyes; without weights they raise VisionMissing, and people are asked."""
        from bunri.platform.vision.errors import ModelBroken, ModelMissing, ModelNotRecognised, ModelUnknown
        from bunri.platform.vision.local import LocalVision
        from bunri.platform.vision.material import MaterialClassifier
        from bunri.platform.vision.store import ModelStore

        vision = self.settings.vision
        try:
            detector = ModelStore.of(self.settings.data, vision).open(vision.detector, vision)
        except (ModelMissing, ModelUnknown, ModelBroken, ModelNotRecognised) as error:
            log.warning("vision.missing", model=vision.detector, reason=str(error))
            detector = None
        eyes = LocalVision(detector, MaterialClassifier(provider=vision.provider), workers=vision.workers)
        self.closing.callback(eyes.close)
        return eyes

    @cached_property
    def _http(self) -> "httpx.AsyncClient":
        import httpx

        # Shorter than a server keeps an idle connection, or the next call may meet one that is just closing.
        client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(keepalive_expiry=2))
        self.closing.push_async_callback(client.aclose)
        return client

    # ── wiring ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, domain: str, repository: Callable[[AsyncSession], S]) -> Callable[[], Any]:
        """An opener: the repository of one transaction."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[S]:
            async with self.database(domain).transaction() as session:
                yield repository(session)

        return opened

    def offer(self, domain: str, kind: type[S], make: Callable[[AsyncSession], S]) -> None:
        """Offers a service whose use is one transaction of ``domain``."""
        self.services.offer(kind, self.begin(domain, make))

    def offer_open(self, kind: type[S], service: S) -> None:
        """Offers a service that opens its own transactions, or needs none."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[S]:
            yield service

        self.services.offer(kind, opened)

    def relay(self, domain: str, outbox: Table) -> None:
        """Sends the domain's outbox: after each commit, and what is left behind when a worker runs ``relays``."""
        database = self.database(domain)
        database.relay = Relay(database.transaction, outbox, self.publisher)
        self.relays.append(database.relay)

    def sibling(self, protocol: type[P], domain: str, service: type[Any]) -> P:
        """Another domain's public face: over HTTP when a peer is set for it, else in this process."""
        if domain not in self.settings.peers:
            return local(protocol, lambda: self.services.open(service))
        from bunri.app.links.remote import remote

        return remote(protocol, domain, self._http, self.settings.peers[domain], self.peer_tokens)

    async def close(self) -> None:
        await self.closing.aclose()
