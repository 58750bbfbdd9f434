"""What the person says back: the answer to a question, what a camera could not see, "that is wrong", or "right"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal
from uuid import UUID

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.users.public import UsersPublic
from bunri.domains.waste import fusion
from bunri.domains.waste.errors import AnswerConflict, AnswerUnknown, ItemMissing, JobMissing, NothingToAnswer
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.public import Corrected, SaidBy
from bunri.domains.waste.records import Correction, CorrectionKind, FieldPhoto, Job, TrainingSample
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import assemble
from bunri.domains.waste.schemas import AnswerIn, Result, Status
from bunri.domains.waste.service.completion import Completion
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.domains.waste.service.transitions import answered_state
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import ANSWERED
from bunri.domains.waste.status import status_of
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import text
from bunri.platform.db import Transaction

TRIES: Final = 3
"""Answers to one analysis from two tabs at once take turns."""
_NEAREST: Final = 3
"""Names that are offered where words name nothing that we know."""


class Feedback:
    def __init__(
        self,
        transaction: Transaction[WasteRepository],
        statuses: StatusCache,
        recycling: RecyclingPublic,
        completion: Completion,
        samples: TrainingSamples,
        users: UsersPublic,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._statuses = statuses
        self._recycling = recycling
        self._completion = completion
        self._samples = samples
        self._users = users
        self._settings = settings
        self._clock = clock

    async def reply(self, owner: str, job_id: UUID, body: AnswerIn, *, kind: Literal["answer", "correct"]) -> Status:
        """The status with the new advice. Naming what the result says already is stored as ``confirm``. With consent,
        the picture and what it is are kept beyond the job; a later reply about the same item that says what it is
        replaces the one before, or withdraws it when it comes without consent.

        No transaction is open while the advice is looked up and worded; an answer that another overtook is worked out
        again. Raises JobMissing, NothingToAnswer, ItemMissing, AnswerUnknown, AnswerConflict.
        """
        return await self._reply(owner, job_id, body, kind=kind, said_by="owner")

    async def settle(self, owner: str, job_id: UUID, position: int, value: str, said_by: SaidBy) -> bool:
        """As ``WastePublic.settle``."""
        try:
            job = await self._answered(owner, job_id)
            before = _item(job, position)
            if before.answered and said_by != "owner":
                return False
            asked = job.result is not None and job.result.items[position].question is not None
            kind: Literal["answer", "correct"] = "answer" if asked else "correct"
            await self._reply(owner, job_id, AnswerIn(item=position, value=value), kind=kind, said_by=said_by)
        except (JobMissing, NothingToAnswer, ItemMissing, AnswerUnknown):
            return False
        return True

    async def _reply(
        self, owner: str, job_id: UUID, body: AnswerIn, *, kind: Literal["answer", "correct"], said_by: SaidBy
    ) -> Status:
        for _ in range(TRIES):
            job = await self._answered(owner, job_id)
            items = list(job.items or ())
            before = _item(job, body.item)
            user_input = _user_input(body, before)
            after = await self._changed(job, before, user_input, body)
            if user_input:
                after = after.model_copy(update={"by_neighbours": said_by == "neighbours"})
            items[body.item] = after
            result = await self._advise(job, items, body)
            meant = _meant(body, before, after, kind)
            consents = body.consent and await self._may_teach(owner)
            sample = await self._samples.prepare(job, body.item, before, after, meant) if consents else None
            photos = await self._samples.field_photos(job) if sample else []
            correction = self._correction(job, body, before, user_input, meant, said_by) if user_input else None
            revised = replace(job, state=answered_state(result), items=tuple(items), result=result)
            if await self._store(revised, body, correction, sample, photos):
                await self._statuses.publish_answer(revised, result)
                return status_of(revised).model_copy(update={"result": result})
            if sample:
                await self._samples.discard(job.id)
        raise AnswerConflict

    async def _may_teach(self, owner: str) -> bool:
        """Unless they have said no elsewhere: a device may not have heard of it yet."""
        return (await self._users.profile(owner)).teaches is not False

    async def _answered(self, owner: str, job_id: UUID) -> Job:
        async with self._transaction() as repository:
            job = await repository.get_owned(job_id, owner)
        if job is None:
            raise JobMissing
        if job.state not in ANSWERED or job.items is None:
            raise NothingToAnswer
        return job

    async def _changed(self, job: Job, item: SeenItem, user_input: str | None, body: AnswerIn) -> SeenItem:
        changed = item
        if body.value is None and body.text:
            changed = await self._named(job, item, body.text)
        elif user_input:
            kinds = await self._recycling.kinds(job.language)
            chosen = fusion.answer(item, user_input, job.language, kinds)
            changed = chosen or await self._named(job, item, user_input)
        if body.tags is not None:
            changed = changed.model_copy(update={"tags": tuple(dict.fromkeys(body.tags))})
        return changed

    async def _named(self, job: Job, item: SeenItem, words: str) -> SeenItem:
        """``item`` as words (or an item's slug) name it. Raises AnswerUnknown, with the names that come near."""
        matches = await self._recycling.search(words, job.language, _NEAREST)
        if not matches or not matches[0].sure:
            names = ", ".join(each.name for each in matches)
            raise AnswerUnknown(near=names, hint=text("waste.near", job.language, near=names) if names else "")
        return fusion.decide(item, fusion.as_candidate(matches[0])).model_copy(update={"words": words})

    async def _advise(self, job: Job, items: list[SeenItem], body: AnswerIn) -> Result:
        advice = await self._recycling.advise([item.facts() for item in items], job.language, job.region)
        return assemble(
            items,
            advice,
            await self._completion.nearest_bins(job.id, advice[0].bin_kinds, body.location),
            await self._recycling.kinds(job.language),
            models=job.models,
            cached=job.cached,
            sure=self._settings.sure,
            language=job.language,
        )

    async def _store(
        self,
        revised: Job,
        body: AnswerIn,
        correction: Correction | None,
        sample: TrainingSample | None,
        photos: Sequence[FieldPhoto],
    ) -> bool:
        """The new answer and what the person said, together; False when another answer came in between."""
        async with self._transaction() as repository:
            if not await repository.save_revision(revised):
                return False
            if correction:
                await repository.add_correction(correction)
                await repository.add_event(_corrected(revised, correction))
            if sample:
                await repository.put_sample(sample)
                await repository.put_field_photos(sample.job_id, sample.position, photos)
            elif body.names_it:
                await repository.remove_sample(revised.id, body.item)
        return True

    def _correction(
        self, job: Job, body: AnswerIn, before: SeenItem, user_input: str, kind: CorrectionKind, said_by: SaidBy
    ) -> Correction:
        return Correction(
            id=new_id(),
            job_id=job.id,
            position=body.item,
            kind=kind,
            was=_slug(before),
            user_input=user_input,
            said_by=said_by,
            created_at=self._clock(),
        )


def _corrected(revised: Job, correction: Correction) -> Corrected:
    after = (revised.items or ())[correction.position]
    return Corrected(
        job_id=revised.id,
        owner=revised.owner,
        position=correction.position,
        was=correction.was,
        now=_slug(after),
        material=after.material,
        kind=correction.kind,
        said_by=correction.said_by,
    )


def _item(job: Job, position: int) -> SeenItem:
    """Raises ItemMissing."""
    items = job.items or ()
    if position >= len(items):
        raise ItemMissing
    return items[position]


def _user_input(body: AnswerIn, item: SeenItem) -> str | None:
    """What the person says it is: a choice, words, or the current result; None for its state alone.

    Raises AnswerUnknown when there is nothing to confirm.
    """
    if not body.confirm:
        return body.value or body.text or None
    if not item.candidates:
        raise AnswerUnknown
    return item.candidates[0].value


def _meant(body: AnswerIn, before: SeenItem, after: SeenItem, kind: Literal["answer", "correct"]) -> CorrectionKind:
    """``kind``, or ``confirm`` when it is the same thing as before."""
    same = kind == "correct" and body.names_it and before.candidates and _thing(before) == _thing(after)
    return "confirm" if body.confirm or same else kind


def _thing(item: SeenItem) -> tuple[str | None, str]:
    return _slug(item), item.material


def _slug(item: SeenItem) -> str | None:
    return item.candidates[0].item if item.candidates else None
