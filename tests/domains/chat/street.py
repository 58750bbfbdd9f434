"""A room of neighbours, of whom one has photos that the coach is not sure about."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.domains.waste.conftest import FakeVision, Pipeline
from tests.support.pictures import jpeg

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.chat.schemas import MessageIn, MessageOut
from bunri.domains.chat.service.files import Files
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.questions import Questions
from bunri.domains.chat.service.votes import Votes
from bunri.domains.chat.user_data import ChatUserData
from bunri.domains.chat.verdicts import VerdictOut
from bunri.domains.waste.schemas import AnswerIn, Status
from bunri.domains.waste.service.feedback import Feedback
from bunri.domains.waste.service.jobs import Jobs


@dataclass
class Street:
    container: InlineContainer
    vision: FakeVision
    room: UUID
    asker: Caller
    neighbours: list[Caller]

    async def work(self) -> None:
        """Whatever follows from what was done."""
        await self.container.work()

    # ── the coach ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def scan(self, seed: int, owner: Caller | None = None) -> Status:
        """An analysed photo of somebody."""
        owner = owner or self.asker
        return await Pipeline(self.container, local=self.vision, owner=owner.id).analyze(jpeg(seed))

    async def answer_of(self, scan: Status) -> Status:
        return await self.container.get(Jobs).status(self.asker.id, scan.job_id)

    async def correct(self, scan: Status, **said: Any) -> None:
        await self.container.get(Feedback).reply(self.asker.id, scan.job_id, AnswerIn(**said), kind="correct")
        await self.work()

    # ── the room ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def ask(self, scan: Status, owner: Caller | None = None) -> MessageOut:
        questions = self.container.get(Questions)
        return await questions.ask(owner or self.asker, self.room, scan.job_id, 0, "ko")

    async def asked(self, seed: int) -> MessageOut:
        return await self.ask(await self.scan(seed))

    async def vote(self, who: Caller, message: MessageOut, choice: int) -> MessageOut:
        return await self.container.get(Votes).vote(who, message.id, choice)

    async def agree(self, message: MessageOut, choice: int) -> MessageOut:
        """So many neighbours as it takes."""
        await self.vote(self.neighbours[0], message, choice)
        return await self.vote(self.neighbours[1], message, choice)

    async def say(self, content: str, who: Caller | None = None, **more: Any) -> MessageOut:
        return await self.container.get(Messages).post(who or self.asker, self.room, MessageIn(content=content, **more))

    async def show_photo(self, seed: int) -> MessageOut:
        file = await self.container.get(Files).keep_picture(self.asker.id, self.room, "사진.jpg", jpeg(seed))
        return await self.say("", file_ids=[file.id])

    async def newest(self, count: int = 10) -> list[MessageOut]:
        return (await self.container.get(History).before(self.neighbours[2], self.room, None, count)).messages

    async def last(self) -> MessageOut:
        return (await self.newest(1))[0]

    async def kept_of(self, person: Caller) -> Any:
        return (await self.container.get(ChatUserData).export(person.id)).document


def verdict_of(message: MessageOut) -> VerdictOut:
    assert message.verdict
    return message.verdict
