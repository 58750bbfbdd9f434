"""The coach looks at photos of a room, and says in the room what it sees."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from bunri.domains.chat.files import file_key
from bunri.domains.chat.public import PhotoShown
from bunri.domains.chat.records import FileKind, Message, MessageType, NewMessage, Question, QuestionState
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.service.changing import added
from bunri.domains.chat.service.questions import LOOKED_WITHIN, Questions
from bunri.domains.chat.verdicts import COACH, VerdictOut
from bunri.domains.users.public import UsersPublic
from bunri.domains.waste.public import AnalysisDone, ItemInDoubt, WastePublic
from bunri.kit.clock import Clock
from bunri.kit.errors import Limited
from bunri.kit.languages import Language, text
from bunri.platform.db import Transaction
from bunri.platform.storage import ObjectMissing, Storage

BATCH: Final = 100
TRIES: Final = 3
"""How often a photo is handed over again."""


class PhotoCoach:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        questions: Questions,
        waste: WastePublic,
        users: UsersPublic,
        storage: Storage,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._questions = questions
        self._waste = waste
        self._users = users
        self._storage = storage
        self._clock = clock

    async def look(self, event: PhotoShown) -> None:
        """Hands a photo of a room over to be analysed; more than once changes nothing. Where too many wait,
        ``look_again`` comes back to it."""
        async with self._transaction() as repository:
            question = await repository.question(event.question_id)
            files = await repository.files_of_message(question.about) if question and question.about else []
        picture = next((each for each in files if each.kind == FileKind.IMAGE), None)
        if question is None or picture is None or question.state != QuestionState.LOOKING:
            return
        try:
            data = await self._storage.read(file_key(picture.id, picture.kind), picture.size)
        except ObjectMissing:
            return  # removed meanwhile
        region = (await self._users.profile(question.owner)).region
        with suppress(Limited):
            await self._waste.look_at(
                question.job_id, question.owner, data, picture.content_type, question.language, region
            )

    async def saw(self, event: AnalysisDone) -> None:
        """Says in the room what a photo of it shows."""
        async with self._transaction() as repository:
            shown_here = [each for each in await repository.questions_of_job(event.job_id) if each.about]
        for question in shown_here:
            item = await self._waste.in_doubt(question.job_id, question.owner, question.position)
            if item:
                await self._say(question, item)

    async def _say(self, question: Question, item: ItemInDoubt) -> None:
        async with self._transaction() as repository:
            seat = await repository.seat(question.room_id, question.owner, lock=True)
            current = await repository.question(question.id)
            about = await repository.message(current.about) if current and current.about else None
            if seat is None or about is None or current is None or current.state != QuestionState.LOOKING:
                return
            if about.deleted_at or seat.room.closed_at:
                await repository.change_question(question.id, state=QuestionState.FAILED)
                return
            message = await self._questions.put(repository, seat.room, current, item, _reply(about, current.language))
        await self._questions.tell(seat.room, message)

    async def look_again(self) -> None:
        """At photos that nothing was said about in time."""
        async with self._transaction() as repository:
            due = await repository.due_questions(QuestionState.LOOKING, self._clock(), BATCH)
        for question in due:
            await self._look_again(question)

    async def _look_again(self, question: Question) -> None:
        """Once more, or the photo is given up, which the room is told."""
        failed = await self._waste.has_failed(question.job_id, question.owner)
        async with self._transaction() as repository:
            seat = await repository.seat(question.room_id, question.owner, lock=True)
            current = await repository.question(question.id)
            about = await repository.message(current.about) if current and current.about else None
            if seat is None or about is None or current is None or current.state != QuestionState.LOOKING:
                return
            if not (failed and current.tries) and current.tries < TRIES:
                again = self._clock() + LOOKED_WITHIN
                await repository.change_question(question.id, tries=current.tries + 1, closes_at=again)
                await repository.add_event(PhotoShown(question_id=question.id))
                return
            await repository.change_question(question.id, state=QuestionState.FAILED)
            if about.deleted_at or seat.room.closed_at:
                return
            said = replace(
                _reply(about, current.language),
                content=text("chat.coach.failed", current.language),
                data={"verdict": VerdictOut(state=QuestionState.FAILED).stored()},
            )
            [message] = await added(repository, seat.room, [said], self._clock())
        await self._questions.tell(seat.room, message)


def _reply(about: Message, language: Language) -> NewMessage:
    """Of the coach, to a photo, once."""
    return NewMessage(
        sender=COACH,
        sender_name=text("chat.coach.name", language),
        type=MessageType.VERDICT,
        content="",
        client_id=f"verdict:{about.id}",
        reply_to=about.id,
        mentions=[about.sender],
    )
