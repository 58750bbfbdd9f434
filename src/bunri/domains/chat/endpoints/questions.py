"""``/api/v1/chat/rooms/{id}/questions`` and ``…/bins``: neighbours are asked what a thing is, and told of bins."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from bunri.domains.auth.public import Caller
from bunri.domains.chat.schemas import BinReportIn, CoachLooks, MessageOut, QuestionIn
from bunri.domains.chat.service.bins import BinReports
from bunri.domains.chat.service.questions import Questions
from bunri.platform.http import PreferredLanguage, policy, signed_in, use

router = APIRouter(prefix="/api/v1/chat", tags=["chat"])


@router.post("/rooms/{room_id}/questions", status_code=201, summary="Ask neighbours what it is")
@policy(idempotent=True)
async def ask(
    room_id: UUID,
    body: QuestionIn,
    caller: Annotated[Caller, signed_in],
    questions: Annotated[Questions, use(Questions)],
    language: PreferredLanguage,
) -> MessageOut:
    """Puts a scan of the caller's into the room as a vote. When the room is sure, the scan is answered; the same scan
    twice is one question."""
    return await questions.ask(caller, room_id, body.job_id, body.item, language)


@router.post("/messages/{message_id}/ask-coach", status_code=202, summary="Show the coach a photo of the room")
@policy(rate_limit="photo")
async def ask_coach(
    message_id: UUID,
    caller: Annotated[Caller, signed_in],
    questions: Annotated[Questions, use(Questions)],
    language: PreferredLanguage,
) -> CoachLooks:
    """It answers in the room, by a message that answers the photo, whose choices neighbours vote on. Once for each
    photo."""
    question = await questions.show_coach(caller, message_id, language)
    return CoachLooks(state=question.state, message_id=question.message_id)


@router.post("/rooms/{room_id}/bins", status_code=201, summary="Tell neighbours of a bin")
@policy(idempotent=True)
async def report_bin(
    room_id: UUID,
    body: BinReportIn,
    caller: Annotated[Caller, signed_in],
    bins: Annotated[BinReports, use(BinReports)],
    language: PreferredLanguage,
) -> MessageOut:
    """That it is full, gone, has moved, or is there. It is the caller's vote on the bin, too, as is what others say to
    the message (`…/messages/{id}/votes`: 0 agrees, 1 does not)."""
    return await bins.report(caller, room_id, body, language)
