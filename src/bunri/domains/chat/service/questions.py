"""Rooms are asked what a thing is: by somebody who shares a scan, or by a photo that the coach is shown."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import last_message, message_out
from bunri.domains.chat.errors import NoPhoto, ScanMissing
from bunri.domains.chat.files import described
from bunri.domains.chat.public import PhotoShown
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import (
    Message,
    MessageType,
    NewMessage,
    Question,
    QuestionState,
    Room,
    RoomFile,
    SettledBy,
)
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageOut
from bunri.domains.chat.service.changing import added, locked, shown
from bunri.domains.chat.service.files import Files
from bunri.domains.chat.settings import ChatSettings
from bunri.domains.chat.verdicts import (
    advised,
    around,
    choices_of,
    known_answer,
    nearest,
    sentence,
    settled,
    standing_of,
    verdict_of,
)
from bunri.domains.waste.public import ItemInDoubt, WastePublic
from bunri.kit.clock import Clock
from bunri.kit.errors import Invalid, Unavailable
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction

LOOKED_WITHIN: Final = timedelta(minutes=2)
"""A photo that the coach has not spoken about by then is handed over again."""
REMEMBERED: Final = 500
"""Newest answers of a room that a photo is compared with."""


log = structlog.get_logger(__name__)


class Questions:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        pushes: Pushes,
        waste: WastePublic,
        files: Files,
        settings: ChatSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._waste = waste
        self._files = files
        self._settings = settings
        self._clock = clock

    async def ask(self, caller: Caller, room_id: UUID, job_id: UUID, position: int, language: Language) -> MessageOut:
        """Asks a room about an item of the caller's photo. The same item in the same room is one question, however
        often it is asked. Raises ScanMissing, RoomMissing, NotAMember, RoomClosed, Muted, QuietHours, SlowMode."""
        item = await self._waste.in_doubt(job_id, caller.id, position)
        if item is None:
            raise ScanMissing
        async with self._transaction() as repository:
            asked = await repository.question_of_item(room_id, job_id, position)
            rules.member_of(await repository.seat(room_id, caller.id))
        file = None if asked else await self._picture(caller, room_id, item)
        now = self._clock()
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id, lock=True)
            member, room = rules.member_of(seat), rules.known(seat).room
            kept = await repository.question_of_item(room_id, job_id, position)
            message = await repository.message(kept.message_id) if kept and kept.message_id else None
            if message:
                return await shown(repository, message)
            rules.check_may_write(room, member, now)
            question = Question(
                id=new_id(),
                room_id=room_id,
                job_id=job_id,
                position=position,
                owner=caller.id,
                language=language,
                state=QuestionState.LOOKING,
                asked_at=now,
                closes_at=now + self._settings.question_ttl,
            )
            await repository.add_question(question)
            new = NewMessage(
                sender=caller.id,
                sender_name=rules.name_in(room, member, caller.name),
                type=MessageType.VERDICT,
                content="",
                data={"files": [described(file)]} if file else {},
            )
            message = await self.put(repository, room, question, item, new)
            if file:
                await repository.attach_files([file.id], message.id)
        await self.tell(room, message)
        return message_out(message)

    async def _picture(self, caller: Caller, room_id: UUID, item: ItemInDoubt) -> RoomFile | None:
        """Of the item and little else, since a photo may show a home and people; None where there is none just
        now."""
        picture = await self._waste.picture(item.job_id, caller.id)
        if picture is None:
            return None
        try:
            return await self._files.keep_picture(caller.id, room_id, item.answer.name, picture, around(item.box))
        except (Unavailable, Invalid) as error:
            log.warning("question.without_picture", job_id=str(item.job_id), reason=str(error))
            return None

    async def show_coach(self, caller: Caller, message_id: UUID, language: Language) -> Question:
        """The coach looks at a photo of the room, once, and says in the room what it is. The analysis is that of whose
        photo it is. Raises MessageMissing, NotAMember, RoomClosed, Muted, NoPhoto."""
        now = self._clock()
        async with self._transaction() as repository:
            message, seat, member = await locked(repository, caller, message_id)
            rules.check_may_edit(seat.room, member, now)
            if known := await repository.question_about(message_id):
                return known
            if message.type != MessageType.IMAGE:
                raise NoPhoto
            question = Question(
                id=new_id(),
                room_id=message.room_id,
                about=message_id,
                job_id=new_id(),
                position=0,
                owner=message.sender,
                language=language,
                state=QuestionState.LOOKING,
                asked_at=now,
                closes_at=now + LOOKED_WITHIN,
            )
            await repository.add_question(question)
            await repository.add_event(PhotoShown(question_id=question.id))
        return question

    async def put(
        self, repository: ChatRepository, room: Room, question: Question, item: ItemInDoubt, new: NewMessage
    ) -> Message:
        """The message that asks, or says what the coach or the room knows. ``new``: who says it; the room is
        locked."""
        now = self._clock()
        question = replace(
            question,
            state=QuestionState.OPEN,
            choices=choices_of(item, question.language),
            phash=bytes.fromhex(item.phash) if item.phash else None,
            closes_at=now + self._settings.question_ttl,
        )
        found = await repository.known_answers(room.id, now - self._settings.remembered_for, REMEMBERED)
        question, before = _answered(question, item, found, now)
        verdict = verdict_of(question, standing_of(question))
        if question.state == QuestionState.SETTLED and question.item == item.possibilities[0].value:
            verdict = advised(verdict, item.answer)
        if before and before.message_id:
            known = known_answer(before, await repository.message(before.message_id))
            verdict = verdict.model_copy(update={"known": known})
        data = {**new.data, "asked": item.text, "choices": [each.label for each in question.choices]}
        data["verdict"] = verdict.stored()
        said = replace(new, content=sentence(item.text, verdict, question.language), data=data)
        [message] = await added(repository, room, [said], now)
        await repository.change_question(question.id, **_values(replace(question, message_id=message.id)))
        return message

    async def tell(self, room: Room, message: Message) -> None:
        """After the commit."""
        await self._pushes.new_message(message_out(message))
        self._pushes.room_updated(room, last_message(message))


def _answered(
    question: Question, item: ItemInDoubt, known: list[Question], now: datetime
) -> tuple[Question, Question | None]:
    """What the owner or the coach says; else what the room found out about nearly the same photo, if the coach takes
    that for possible at all."""
    if item.said:
        return settled(question, 0, SettledBy.OWNER, now), None
    near = nearest(question.phash, [each for each in known if each.job_id != question.job_id])
    values = [each.value for each in question.choices]
    if near and near.item in values:
        return settled(question, values.index(near.item), SettledBy.ROOM, now), near
    if not item.answer.asked:
        same = next((each for each in known if each.item == values[0] and each.job_id != question.job_id), None)
        return settled(question, 0, SettledBy.COACH, now), same
    return question, None


def _values(question: Question) -> dict[str, object]:
    """The columns that change when a question has been put."""
    names = ("message_id", "state", "choices", "answer", "settled_by", "item", "phash", "closes_at", "settled_at")
    return {name: getattr(question, name) for name in names}
