"""Advice on request of an event: asked through one outbox, answered through another."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from bunri.domains.recycling.public import Explained, ExplainRequested, RecyclingPublic
from bunri.platform.db import Outbox


class Explaining:
    """Idempotent by the reference and attempt that whoever asked checks: the same question twice is answered twice."""

    def __init__(self, recycling: RecyclingPublic, begin: Callable[[], AbstractAsyncContextManager[Outbox]]) -> None:
        self._recycling = recycling
        self._begin = begin

    async def explain(self, asked: ExplainRequested) -> None:
        """Looks up and words the advice, then puts it into the outbox. No transaction is open while a model writes."""
        advice = await self._recycling.advise(asked.facts, asked.language, asked.region)
        async with self._begin() as outbox:
            await outbox.add(Explained(reference=asked.reference, attempt=asked.attempt, advice=tuple(advice)))
