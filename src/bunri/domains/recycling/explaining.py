"""Answers the event ``ExplainRequested`` with the event ``Explained``."""

from bunri.domains.recycling.public import Explained, ExplainRequested, RecyclingPublic
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.platform.db import Transaction


class Explaining:
    """A request that is delivered twice is answered twice: the asking domain drops answers whose reference and attempt
    it no longer waits for."""

    def __init__(self, recycling: RecyclingPublic, transaction: Transaction[RecyclingRepository]) -> None:
        self._recycling = recycling
        self._transaction = transaction

    async def explain(self, request: ExplainRequested) -> None:
        """Looks up and words the advice, then puts it into the outbox. No transaction is open while a model writes."""
        advice = await self._recycling.advise(request.facts, request.language, request.region)
        event = Explained(reference=request.reference, attempt=request.attempt, advice=tuple(advice))
        async with self._transaction() as repository:
            await repository.add_event(event)
