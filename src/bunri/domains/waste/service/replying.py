"""What the person says back: the answer to a question, what a camera could not see, or "that is wrong"."""

from uuid import UUID

from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste import fusion
from bunri.domains.waste.board import Board, language_of, status_of
from bunri.domains.waste.errors import AnswerUnknown, ItemMissing, JobMissing, NothingToAnswer
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.models import Correction, Job
from bunri.domains.waste.repository import WasteRepository
from bunri.domains.waste.result import assemble
from bunri.domains.waste.schemas import AnswerIn, Result, Status
from bunri.domains.waste.service.finishing import Finishing
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.states import ANSWERED, State
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language


class Replying:
    def __init__(
        self,
        repository: WasteRepository,
        board: Board,
        recycling: RecyclingPublic,
        finishing: Finishing,
        settings: WasteSettings,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._board = board
        self._recycling = recycling
        self._finishing = finishing
        self._settings = settings
        self._clock = clock

    async def reply(self, owner: str, job_id: UUID, said: AnswerIn, *, kind: str) -> Status:
        """The status with the new advice. ``kind`` is ``answer`` or ``correct``; both are kept as what the person said.

        Raises JobMissing, NothingToAnswer, ItemMissing, AnswerUnknown.
        """
        job = await self._repository.get_owned(job_id, owner, lock=True)
        if job is None:
            raise JobMissing
        if job.state not in ANSWERED or job.items is None:
            raise NothingToAnswer
        items = [SeenItem.model_validate(item) for item in job.items]
        if said.item >= len(items):
            raise ItemMissing
        before = items[said.item]
        items[said.item] = await self._changed(before, said, language_of(job))
        await self._note(job, said, before, kind)
        return await self._answer_again(job, items, said)

    async def _changed(self, item: SeenItem, said: AnswerIn, language: Language) -> SeenItem:
        changed: SeenItem | None = item
        if said.value is not None:
            changed = fusion.answer(item, said.value, language) or await self._named(item, said.value, language)
        elif said.text:
            changed = await self._named(item, said.text, language)
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

    async def _note(self, job: Job, said: AnswerIn, before: SeenItem, kind: str) -> None:
        spoken = said.value or said.text
        if spoken:
            await self._repository.add(
                Correction(
                    id=new_id(),
                    job_id=job.id,
                    position=said.item,
                    kind=kind,
                    was=before.candidates[0].item if before.candidates else None,
                    said=spoken,
                    created_at=self._clock(),
                )
            )

    async def _answer_again(self, job: Job, items: list[SeenItem], said: AnswerIn) -> Status:
        language = language_of(job)
        advice = await self._recycling.advise([item.facts() for item in items], language, job.region)
        result = assemble(
            items,
            advice,
            await self._finishing.nearest(job.id, advice[0].bin_kinds, said.location),
            models=job.models or {},
            cached=job.cached,
            sure=self._settings.sure,
            language=language,
        )
        job.items = [item.model_dump(mode="json") for item in items]
        job.result = result.model_dump(mode="json")
        job.state = State.ASKED if any(item.question for item in result.items) else State.DONE
        await self._repository.flush()
        await self._board.show_result(job, result)
        return _with(status_of(job), result)


def _with(status: Status, result: Result) -> Status:
    return status.model_copy(update={"result": result})
