"""Everything in one process, without a broker: what the commands of a terminal use."""

from typing import Final

from bunri.app.composition import compose
from bunri.app.container import Container
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.app.worker import handlers_of
from bunri.kit.clock import Clock, now
from bunri.platform.queue import InlinePublisher
from bunri.platform.realtime import Emitter, RecordingEmitter

OWNER: Final = "terminal"
"""Whose jobs the terminal's are: no token can name this owner."""


class InlineContainer(Container):
    """What is published is done when ``work`` is called."""

    shares_queues = False

    def __init__(
        self,
        settings: Settings,
        registry: Registry = REGISTRY,
        *,
        clock: Clock = now,
        overrides: dict[type, object] | None = None,
    ) -> None:
        self.inline = InlinePublisher(registry.routes)
        super().__init__(settings, self.inline, clock=clock, overrides=overrides)
        self._registry = registry
        compose(self, registry)
        self.provide(Emitter, RecordingEmitter)

    def load_handlers(self) -> None:
        """Gets ready to work: loads what looks at photos."""
        self._handlers = {each.name: each for each in handlers_of(self, self._registry, list(self._registry.queues))}

    async def work(self) -> None:
        """Does everything that has been published, and everything that follows from it."""
        await self.inline.drain(self._handlers, self)
