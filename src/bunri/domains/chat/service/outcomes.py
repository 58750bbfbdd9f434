"""What came out of questions is taken to where it counts: to the scan, and to the rooms that were asked."""

from dataclasses import replace
from typing import Final

from bunri.domains.chat.agreement import Standing
from bunri.domains.chat.public import QuestionSettled
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Message, Question, QuestionState, Room, SettledBy
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.service.changing import shown
from bunri.domains.chat.service.votes import renew, settle
from bunri.domains.chat.verdicts import VerdictOut, advised, settled, standing_of, verdict_of
from bunri.domains.waste.public import Corrected, WastePublic
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

BATCH: Final = 100


class Outcomes:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        pushes: Pushes,
        waste: WastePublic,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._waste = waste
        self._clock = clock

    async def take_to_waste(self, event: QuestionSettled) -> None:
        """The photo is answered by what came out, and the message says what to do with the thing."""
        await self._waste.settle(event.job_id, event.owner, event.position, event.value, event.said_by)
        item = await self._waste.in_doubt(event.job_id, event.owner, event.position)
        if item is None or item.answer.asked:
            return
        async with self._transaction() as repository:
            question = await repository.question(event.question_id)
            found = await _locked(repository, question) if question else None
            if question is None or found is None or question.item != event.value:
                return
            room, message = found
            verdict = advised(VerdictOut.model_validate(message.data["verdict"]), item.answer)
            await self._renewed(repository, room, message, question, verdict)

    async def corrected(self, event: Corrected) -> None:
        """Whose photo it is has said what it is, in the coach: the rooms that were asked learn of it."""
        if event.said_by != "owner":
            return
        async with self._transaction() as repository:
            asked = await repository.questions_of_job(event.job_id)
        for question in asked:
            if question.position == event.position and question.state != QuestionState.LOOKING:
                await self._owner_said(question, event.now or event.material)

    async def _owner_said(self, question: Question, value: str) -> None:
        item = await self._waste.in_doubt(question.job_id, question.owner, question.position)
        async with self._transaction() as repository:
            found = await _locked(repository, question)
            before = await repository.question(question.id)
            if found is None or before is None or (before.settled_by == SettledBy.OWNER and before.item == value):
                return
            room, message = found
            after = _by_owner(before, value, self._clock)
            voters = await repository.voters_on(message.id)
            await settle(repository, before, after, voters, told=True)
            kept = VerdictOut.model_validate(message.data["verdict"])
            verdict = verdict_of(after, _standing(before, kept), kept)
            if item and after.answer is not None:
                verdict = advised(verdict, item.answer)
            elif item:
                verdict = advised(verdict.model_copy(update={"answer": None}), item.answer)
            await self._renewed(repository, room, message, after, verdict)

    async def close_due(self) -> None:
        """Votes whose time is over without anybody being sure."""
        now = self._clock()
        async with self._transaction() as repository:
            due = await repository.due_questions(QuestionState.OPEN, now, BATCH)
        for question in due:
            async with self._transaction() as repository:
                found = await _locked(repository, question)
                current = await repository.question(question.id)
                if current is None or current.state != question.state or current.closes_at > now:
                    continue
                after = await repository.change_question(question.id, state=QuestionState.UNDECIDED)
                if found is None:
                    continue
                room, message = found
                kept = VerdictOut.model_validate(message.data["verdict"])
                verdict = verdict_of(after, _standing(after, kept), kept)
                await self._renewed(repository, room, message, after, verdict)

    async def _renewed(
        self, repository: ChatRepository, room: Room, message: Message, question: Question, verdict: VerdictOut
    ) -> None:
        """The message with another verdict, which its room is told of after the commit."""
        await renew(repository, message, question, verdict)
        message = await repository.change_message(message.id, rev=await repository.next_revision(room))
        out = await shown(repository, message)
        repository.after_commit(lambda: self._pushes.updated(out))


async def _locked(repository: ChatRepository, question: Question) -> tuple[Room, Message] | None:
    """The question's message in its room, which nobody else changes until the transaction ends; None where it has no
    message, or not any more."""
    seat = await repository.seat(question.room_id, question.owner, lock=True)
    current = await repository.question(question.id)
    message = await repository.message(current.message_id) if current and current.message_id else None
    if seat is None or message is None or message.deleted_at:
        return None
    return seat.room, message


def _by_owner(question: Question, value: str, clock: Clock) -> Question:
    """The owner may name what is no choice."""
    values = [each.value for each in question.choices]
    if value in values:
        return settled(question, values.index(value), SettledBy.OWNER, clock())
    return replace(
        question,
        state=QuestionState.SETTLED,
        answer=None,
        settled_by=SettledBy.OWNER,
        item=value,
        settled_at=clock(),
    )


def _standing(question: Question, kept: VerdictOut) -> Standing:
    """As the last vote left it."""
    if len(kept.choices) == len(question.choices):
        return Standing(tuple(each.probability for each in kept.choices), None)
    return standing_of(question)
