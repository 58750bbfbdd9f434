"""Connects a command to PostgreSQL and Valkey: those of the settings, of a running ``bunri up``, or its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bunri.app.settings import SecretMissing, Settings
from bunri.platform.embedded.servers import EmbeddedServers, attach

T = TypeVar("T")


class Connection:
    """Opened when first used and closed at the end of the command."""

    def __init__(self) -> None:
        self.data: Path | None = None
        self._servers: EmbeddedServers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._servers:
            self._servers.stop()

    @cached_property
    def given(self) -> Settings:
        """The settings as the environment gives them; ``--data`` wins."""
        return Settings(data=self.data.absolute()) if self.data else Settings()

    @cached_property
    def running(self) -> Settings | None:
        """Settings with the servers that run, those given or those of another bunri process; None: none do. Nothing is
        started. Raises SecretMissing."""
        given = self.given
        addresses = None if given.database_url and given.valkey_url else attach(given.data)
        if addresses is None and not given.database_url:
            return None
        if given.database_url and given.secret is None:
            raise SecretMissing
        return given.on(addresses)

    @cached_property
    def settings(self) -> Settings:
        """Settings with running servers and an up-to-date database."""
        given = self.given
        if given.database_url and given.valkey_url:
            return given
        addresses = attach(given.data)
        if addresses:
            return given.on(addresses)
        return self._start(given)

    def _start(self, given: Settings) -> Settings:
        from bunri.app.migrations import migrate_all

        self._servers = EmbeddedServers(
            given.data, valkey_mb=given.valkey_memory_mb, keeps_log=given.backup.wal, what="bunri"
        )
        settings = given.on(self._servers.start())
        asyncio.run(migrate_all(settings, sample=True))
        return settings

    def open(self, kind: type[T]) -> AbstractAsyncContextManager[T]:
        """A service for one unit of work, made like those of the endpoints."""
        settings = self.settings

        @asynccontextmanager
        async def opened() -> AsyncIterator[T]:
            from bunri.app.inline import InlineContainer

            container = InlineContainer(settings)
            try:
                service = container.get(kind)
                yield service
            finally:
                await container.close()

        return opened()
