"""What other domains may ask about analyses, and ask of them."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.fusion.questions import MOST_LIKELY, NONE_OF_THESE, Choice
from bunri.domains.waste.objects import thumbnail_key
from bunri.domains.waste.public import ItemInDoubt, Possibility, SaidBy, Verdict, VerdictItem, WastePublic
from bunri.domains.waste.records import Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.schemas import Item
from bunri.domains.waste.service.feedback import Feedback
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.states import ANSWERED, State
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, Storage

MOST_BYTES: Final = 4 * 2**20
_ANYTHING: Final = 1.01
"""No confidence is so high: even what we are sure of has its alternatives."""


class WasteService:
    """Implements ``public.WastePublic``."""

    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        jobs: Jobs,
        feedback: Feedback,
        recycling: RecyclingPublic,
        storage: Storage,
    ) -> None:
        self._transaction = transaction
        self._jobs = jobs
        self._feedback = feedback
        self._recycling = recycling
        self._storage = storage

    async def verdict(self, job_id: UUID, owner: str) -> Verdict | None:
        job = await self._answered(job_id, owner)
        if job is None or job.result is None:
            return None
        return Verdict(job_id=job.id, items=tuple(_item(item) for item in job.result.items))

    async def look_at(
        self, job_id: UUID, owner: str, picture: bytes, content_type: str, language: Language, region: str | None
    ) -> None:
        await self._jobs.look_at(job_id, owner, picture, content_type, language, region)

    async def has_failed(self, job_id: UUID, owner: str) -> bool:
        job = await self._owned(job_id, owner)
        return job is None or job.state in (State.FAILED, State.CANCELLED)

    async def in_doubt(self, job_id: UUID, owner: str, position: int) -> ItemInDoubt | None:
        job = await self._answered(job_id, owner)
        if job is None or job.result is None or position >= min(len(job.items or ()), len(job.result.items)):
            return None
        seen, item = (job.items or ())[position], job.result.items[position]
        kinds = await self._recycling.kinds(job.language)
        asked = item.question or fusion.question(
            seen.model_copy(update={"answered": False, "sure": None}), _ANYTHING, job.language, (), kinds
        )
        assert asked is not None, "nothing is so sure"  # noqa: S101
        hazards = {kind.value for kind in kinds if kind.hazard}
        async with self._transaction() as repository:
            phash = await repository.phash_of(job.sha256) if job.sha256 else None
        return ItemInDoubt(
            job_id=job.id,
            position=position,
            text=asked.text,
            answer=_item(item),
            possibilities=tuple(_possibility(each, seen, hazards) for each in _likeliest(asked.choices)),
            phash=phash.hex() if phash else None,
            box=item.box,
            said=item.said,
        )

    async def picture(self, job_id: UUID, owner: str) -> bytes | None:
        job = await self._owned(job_id, owner)
        if job is None or not job.has_thumbnail or job.sha256 is None:
            return None
        try:
            return await self._storage.read(thumbnail_key(job.sha256), MOST_BYTES)
        except ObjectMissing:
            return None

    async def settle(self, job_id: UUID, owner: str, position: int, value: str, said_by: SaidBy) -> bool:
        return await self._feedback.settle(owner, job_id, position, value, said_by)

    async def _owned(self, job_id: UUID, owner: str) -> Job | None:
        async with self._transaction() as repository:
            return await repository.get_owned(job_id, owner)

    async def _answered(self, job_id: UUID, owner: str) -> Job | None:
        job = await self._owned(job_id, owner)
        return job if job and job.state in ANSWERED else None


def _likeliest(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    return tuple(each for each in choices if each.value != NONE_OF_THESE)[:MOST_LIKELY]


def _possibility(choice: Choice, seen: SeenItem, hazards: Collection[str]) -> Possibility:
    likely = {each.value: each.probability for each in seen.candidates}
    return Possibility(
        value=choice.value,
        label=choice.label,
        probability=likely.get(choice.value, seen.materials.get(choice.value, 0.0)),  # type: ignore[call-overload]
        hazard=choice.value in hazards,
    )


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
