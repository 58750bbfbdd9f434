"""What the person says back: the answer to a question, what a camera could not see, "that is wrong", or "right"."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste import fusion
from bunri.domains.waste.board import Board, language_of, status_of
from bunri.domains.waste.errors import AnswerConflict, AnswerUnknown, ItemMissing, JobMissing, NothingToAnswer
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Correction, Example, Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import assemble
from bunri.domains.waste.schemas import AnswerIn, Result, Status
from bunri.domains.waste.service.examples import Examples
from bunri.domains.waste.service.finishing import Finishing
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import ANSWERED, State
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language

TRIES = 3
"""Answers to one analysis from two tabs at once take turns."""


class Replying:
    def __init__(
        self,
        begin: Callable[[], AbstractAsyncContextManager[WasteRepository]],
        board: Board,
        recycling: RecyclingPublic,
        finishing: Finishing,
        examples: Examples,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._begin = begin
        self._board = board
        self._recycling = recycling
        self._finishing = finishing
        self._examples = examples
        self._settings = settings
        self._clock = clock

    async def reply(self, owner: str, job_id: UUID, said: AnswerIn, *, kind: str) -> Status:
        """The status with the new advice. ``kind`` is ``answer`` or ``correct``; saying what the result says already
        is kept as ``confirm``. With consent, the picture and what it is are kept beyond the job; a later reply about
        the same item that says what it is takes the place of the one before, or takes it back when it comes without
        consent.

        No transaction is open while the advice is looked up and worded; an answer that another overtook is worked out
        again. Raises JobMissing, NothingToAnswer, ItemMissing, AnswerUnknown, AnswerConflict.
        """
        for _ in range(TRIES):
            job = await self._answered(owner, job_id)
            items = [SeenItem.model_validate(item) for item in job.items or ()]
            if said.item >= len(items):
                raise ItemMissing
            before = items[said.item]
            spoken = _spoken(said, before)
            items[said.item] = after = await self._changed(job, before, spoken, said)
            result = await self._advise(job, items, said)
            means = _meant(said, before, after, kind)
            example = await self._examples.prepare(job, said.item, before, after, means) if said.consent else None
            words = self._correction(job, said, before, spoken, means) if spoken else None
            if await self._store(job, items, result, said, words, example):
                await self._board.show_result(job, result)
                return status_of(job).model_copy(update={"result": result})
            if example:
                await self._examples.discard(job.id)
        raise AnswerConflict

    async def _answered(self, owner: str, job_id: UUID) -> Job:
        async with self._begin() as repository:
            job = await repository.get_owned(job_id, owner)
        if job is None:
            raise JobMissing
        if job.state not in ANSWERED or job.items is None:
            raise NothingToAnswer
        return job

    async def _changed(self, job: Job, item: SeenItem, spoken: str | None, said: AnswerIn) -> SeenItem:
        language = language_of(job)
        changed: SeenItem | None = item
        if said.value is None and said.text:
            changed = await self._named(item, said.text, language)
        elif spoken:
            changed = fusion.answer(item, spoken, language, _offered(job, said.item))
            changed = changed or await self._named(item, spoken, language)
        if changed is None:
            raise AnswerUnknown
        if said.tags is not None:
            changed = changed.model_copy(update={"tags": tuple(dict.fromkeys(said.tags))})
        return changed

    async def _named(self, item: SeenItem, words: str, language: Language) -> SeenItem | None:
        """``item`` as words (or an item's slug) name it."""
        matches = await self._recycling.search(words, language, 1)
        if not matches or matches[0].score < fusion.WORDS_DECIDE:
            return None
        return fusion.decide(item, fusion.as_candidate(matches[0])).model_copy(update={"words": words})

    async def _advise(self, job: Job, items: list[SeenItem], said: AnswerIn) -> Result:
        language = language_of(job)
        advice = await self._recycling.advise([item.facts() for item in items], language, job.region)
        return assemble(
            items,
            advice,
            await self._finishing.nearest(job.id, advice[0].bin_kinds, said.location),
            models=job.models or {},
            cached=job.cached,
            sure=self._settings.sure,
            language=language,
        )

    async def _store(
        self,
        job: Job,
        items: list[SeenItem],
        result: Result,
        said: AnswerIn,
        words: Correction | None,
        example: Example | None,
    ) -> bool:
        """The new answer and what was said, together; False when another answer came in between."""
        job.state = State.ASKED if any(item.question for item in result.items) else State.DONE
        async with self._begin() as repository:
            stored = await repository.answer_again(
                job,
                state=job.state,
                items=[item.model_dump(mode="json") for item in items],
                result=result.model_dump(mode="json", exclude={"nearby_bins"}),
            )
            if not stored:
                return False
            if words:
                await repository.add(words)
            if example:
                await repository.put_example(example)
            elif said.names_it:
                await repository.remove_example(job.id, said.item)
        return True

    def _correction(self, job: Job, said: AnswerIn, before: SeenItem, spoken: str, kind: str) -> Correction:
        return Correction(
            id=new_id(),
            job_id=job.id,
            position=said.item,
            kind=kind,
            was=before.candidates[0].item if before.candidates else None,
            said=spoken,
            created_at=self._clock(),
        )


def _spoken(said: AnswerIn, item: SeenItem) -> str | None:
    """What the person says it is: a choice, words, or what we had said; None for its state alone.

    Raises AnswerUnknown when there is nothing to confirm.
    """
    if not said.confirm:
        return said.value or said.text or None
    if not item.candidates:
        raise AnswerUnknown
    return item.candidates[0].value


def _offered(job: Job, position: int) -> list[str]:
    """The values of the choices that the person saw; none where nothing was asked."""
    asked = job.result["items"][position].get("question") if job.result else None
    return [choice["value"] for choice in asked["choices"]] if asked else []


def _meant(said: AnswerIn, before: SeenItem, after: SeenItem, kind: str) -> str:
    """``kind``, or ``confirm`` when it is no other thing than before."""
    same = kind == "correct" and said.names_it and before.candidates and _thing(before) == _thing(after)
    return "confirm" if said.confirm or same else kind


def _thing(item: SeenItem) -> tuple[str | None, str]:
    return (item.candidates[0].item if item.candidates else None), item.material
