"""Votes: on the choices of a poll, and on what a thing is. The latter decide."""

from datetime import datetime
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.agreement import Voter
from bunri.domains.chat.documents import VOTE
from bunri.domains.chat.errors import NoPoll, VoteClosed
from bunri.domains.chat.public import BinSeen, QuestionSettled
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Message, MessageType, Question, QuestionState, SettledBy
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import MessageOut
from bunri.domains.chat.service.bins import seen_by
from bunri.domains.chat.service.changing import locked, signed
from bunri.domains.chat.verdicts import VerdictOut, by_votes, sentence, verdict_of
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


class Votes:
    def __init__(self, transaction: Transaction[ChatRepository], pushes: Pushes, clock: Clock) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._clock = clock

    async def vote(self, caller: Caller, message_id: UUID, choice: int) -> MessageOut:
        """One vote a person; another one takes its place. Raises MessageMissing, NotAMember, RoomClosed, Muted, NoPoll,
        VoteClosed."""
        now = self._clock()
        async with self._transaction() as repository:
            message, seat, member = await locked(repository, caller, message_id)
            rules.check_may_edit(seat.room, member, now)
            if choice >= len(message.data.get("choices", ())):
                raise NoPoll
            question = await repository.question_of_message(message_id)
            if question and not question.takes_votes(now):
                raise VoteClosed
            changed = await _take(repository, message, caller.id, choice)
            if changed and message.type == MessageType.BIN:
                bin_ = message.data["bin"]
                vote = seen_by(bin_, choice)
                await repository.add_event(BinSeen(bin_id=UUID(bin_["id"]), person=caller.id, vote=vote))
            if question and changed:
                message = await _weigh(repository, message, question, now)
            out = await signed(repository, seat.room, message, changed=changed)
        if changed:
            await self._pushes.updated(out)
        return out


async def _take(repository: ChatRepository, message: Message, person: str, choice: int) -> bool:
    others = [f"{VOTE}{number}" for number in range(len(message.data["choices"])) if number != choice]
    moved = await repository.remove_reactions(message.id, person, others)
    return await repository.add_reaction(message.id, person, f"{VOTE}{choice}") or moved


async def _weigh(repository: ChatRepository, message: Message, question: Question, now: datetime) -> Message:
    """What the room knows with this vote. When that is enough, the photo is answered by it."""
    voters = await repository.voters_on(message.id)
    after, stands = by_votes(question, voters, now)
    if after != question:
        await settle(repository, question, after, voters)
    verdict = verdict_of(after, stands, VerdictOut.model_validate(message.data["verdict"]))
    return await renew(repository, message, after, verdict)


async def settle(
    repository: ChatRepository, before: Question, after: Question, voters: dict[str, Voter], *, told: bool = False
) -> None:
    """Keeps what came out and who knew it; tells waste, unless it was waste that ``told``."""
    names = ("state", "answer", "settled_by", "item", "settled_at")
    await repository.change_question(after.id, **{name: getattr(after, name) for name in names})
    if before.settled_by and before.settled_by.is_final and before.answer is not None:
        await repository.count_agreement(_agreement(before, voters), by=-1)
    if after.answer is not None:
        await repository.count_agreement(_agreement(after, voters))
    if after.state == QuestionState.SETTLED and after.item and not told:
        event = QuestionSettled(
            question_id=after.id,
            job_id=after.job_id,
            owner=after.owner,
            position=after.position,
            said_by="owner" if after.settled_by == SettledBy.OWNER else "neighbours",
            value=after.item,
        )
        await repository.add_event(event)


def _agreement(question: Question, voters: dict[str, Voter]) -> dict[str, bool]:
    """Who was right. Whose photo it is has said what is right, and so says nothing of how well it guesses."""
    return {person: voter.choice == question.answer for person, voter in voters.items() if person != question.owner}


async def renew(repository: ChatRepository, message: Message, question: Question, verdict: VerdictOut) -> Message:
    """The message with another verdict; its revision is the caller's to move on."""
    said = sentence(message.data["asked"], verdict, question.language)
    return await repository.change_message(message.id, content=said, data={**message.data, "verdict": verdict.stored()})
