"""What other domains may ask about analyses."""

from typing import TYPE_CHECKING
from uuid import UUID

from bunri.domains.waste.public import Verdict, VerdictItem, WastePublic
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import Item
from bunri.domains.waste.states import ANSWERED
from bunri.platform.db import Transaction


class WasteService:
    """Implements ``public.WastePublic``."""

    def __init__(self, transaction: Transaction[WasteRepository]) -> None:
        self._transaction = transaction

    async def verdict(self, job_id: UUID, owner: str) -> Verdict | None:
        async with self._transaction() as repository:
            job = await repository.get_owned(job_id, owner)
        if job is None or job.state not in ANSWERED or job.result is None:
            return None
        return Verdict(job_id=job.id, items=tuple(_item(item) for item in job.result.items))


def _item(item: Item) -> VerdictItem:
    return VerdictItem(
        item=item.item,
        name=item.name,
        material=item.material,
        category=item.disposal.category,
        category_name=item.disposal.category_name,
        steps=item.disposal.steps,
        rule_id=item.disposal.rule.id,
        confidence=item.confidence,
        asked=item.question is not None,
    )


if TYPE_CHECKING:
    _: type[WastePublic] = WasteService
