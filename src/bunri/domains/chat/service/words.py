"""The coach answers in a room what it is asked in words: ``@coach 컵라면 용기``."""

from datetime import timedelta
from typing import Final

from bunri.domains.chat.documents import last_message, message_out
from bunri.domains.chat.public import CoachAddressed
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import Message, MessageType, NewMessage, QuestionState, SettledBy
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.service.changing import added
from bunri.domains.chat.service.questions import REMEMBERED
from bunri.domains.chat.verdicts import COACH, VerdictOut, asked_in, known_answer
from bunri.domains.recycling.public import Advice, Facts, Match, RecyclingPublic
from bunri.domains.users.public import UsersPublic
from bunri.kit.clock import Clock
from bunri.kit.languages import Language, text
from bunri.platform.db import Transaction

NEAR: Final = 3
"""Names that are offered where the words name nothing that the table knows."""


class CoachInWords:
    def __init__(
        self,
        transaction: Transaction[ChatRepository],
        pushes: Pushes,
        recycling: RecyclingPublic,
        users: UsersPublic,
        remembered_for: timedelta,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._recycling = recycling
        self._users = users
        self._remembered_for = remembered_for
        self._clock = clock

    async def answer(self, event: CoachAddressed) -> None:
        """By the rules of the asker's district, in the language of the question, once. What the room found out about
        the same thing before is named."""
        async with self._transaction() as repository:
            asked = await repository.message(event.message_id)
        words = asked_in(asked.content) if asked and not asked.deleted_at else None
        if asked is None or words is None:
            return
        language: Language = "ko" if _has_hangul(words) else "en"
        region = (await self._users.profile(asked.sender)).region
        content, verdict = await self._looked_up(words, language, region)
        await self._say(asked, content, verdict, language)

    async def _looked_up(self, words: str, language: Language, region: str | None) -> tuple[str, VerdictOut]:
        matches = await self._recycling.search(words[:200], language, NEAR) if words else []
        if not matches or not matches[0].sure:
            return _unknown(matches, language), VerdictOut(state=QuestionState.UNDECIDED)
        facts = Facts(
            label=matches[0].item, material=matches[0].material, form=matches[0].form, words=words[:200], said=True
        )
        [advice] = await self._recycling.advise([facts], language, region)
        return _sentence(advice, language), _verdict(advice)

    async def _say(self, asked: Message, content: str, verdict: VerdictOut, language: Language) -> None:
        """Unless it has been said, or the room is closed."""
        now, client_id = self._clock(), f"answer:{asked.id}"
        async with self._transaction() as repository:
            seat = await repository.seat(asked.room_id, asked.sender, lock=True)
            if seat is None or seat.room.closed_at:
                return
            if await repository.message_by_client_id(asked.room_id, COACH, client_id):
                return
            known = await repository.known_answers(asked.room_id, now - self._remembered_for, REMEMBERED)
            same = next((each for each in known if verdict.item and each.item == verdict.item), None)
            if same and same.message_id:
                answer = known_answer(same, await repository.message(same.message_id))
                verdict = verdict.model_copy(update={"known": answer})
            new = NewMessage(
                sender=COACH,
                sender_name=text("chat.coach.name", language),
                type=MessageType.VERDICT,
                content=content,
                client_id=client_id,
                reply_to=asked.id,
                mentions=[asked.sender],
                data={"verdict": verdict.stored()},
            )
            [message] = await added(repository, seat.room, [new], now)
        await self._pushes.new_message(message_out(message))
        self._pushes.room_updated(seat.room, last_message(message))


def _has_hangul(words: str) -> bool:
    return any("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㅣ" for letter in words)


def _unknown(matches: list[Match], language: Language) -> str:
    if not matches:
        return text("chat.coach.unknown", language)
    return text("chat.coach.near", language, names=", ".join(each.name for each in matches))


def _sentence(advice: Advice, language: Language) -> str:
    steps = " ".join(advice.disposal.steps)
    return text(
        "chat.coach.answer", language, name=advice.name, category=advice.disposal.category_name, steps=steps
    ).strip()


def _verdict(advice: Advice) -> VerdictOut:
    return VerdictOut(
        state=QuestionState.SETTLED,
        settled_by=SettledBy.COACH,
        item=advice.item,
        name=advice.name,
        category=advice.disposal.category,
        category_name=advice.disposal.category_name,
        steps=list(advice.disposal.steps),
    )
