"""Advice on request of an event: asked through one outbox, answered through another."""

from bunri.domains.recycling.public import Explained, ExplainRequested, RecyclingPublic
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.platform.db import Transaction


class Explaining:
    """Idempotent by the reference and attempt that whoever asked checks: the same question twice is answered twice."""

    def __init__(self, recycling: RecyclingPublic, begin: Transaction[RecyclingRepository]) -> None:
        self._recycling = recycling
        self._begin = begin

    async def explain(self, asked: ExplainRequested) -> None:
        """Looks up and words the advice, then puts it into the outbox. No transaction is open while a model writes."""
        advice = await self._recycling.advise(asked.facts, asked.language, asked.region)
        event = Explained(reference=asked.reference, attempt=asked.attempt, advice=tuple(advice))
        async with self._begin() as repository:
            await repository.add_event(event)
