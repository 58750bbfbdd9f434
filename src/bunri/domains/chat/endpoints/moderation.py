"""What moderators see and do: reports, what was done, words that are refused."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.chat.schemas import ActionOut, ReportCounts, ReportedOut, SettleIn, WordsIn, WordsOut
from bunri.domains.chat.service.refused_words import RefusedWords
from bunri.domains.chat.service.reports import Reports
from bunri.kit import cursor as cursors
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/chat", tags=["chat"])

CurrentCaller = Annotated[Caller, signed_in]
ReportService = Annotated[Reports, use(Reports)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=30, pattern=r"^[\x21-\x7e]+$")]
WordService = Annotated[RefusedWords, use(RefusedWords)]


@router.get("/rooms/{room_id}/words", summary="Words that are refused in a room")
async def refused_words(room_id: UUID, caller: CurrentCaller, words: WordService) -> WordsOut:
    """Its own, for its moderators."""
    return WordsOut(words=await words.of_room(caller, room_id))


@router.put("/rooms/{room_id}/words", summary="Say which words are refused in a room")
@policy()
async def set_refused_words(room_id: UUID, body: WordsIn, caller: CurrentCaller, words: WordService) -> WordsOut:
    """Moderators do, and it is noted. Nobody sends or edits a message that has such a word in it from then on."""
    return WordsOut(words=await words.set_of_room(caller, room_id, body.words))


@router.get("/rooms/{room_id}/reports", summary="Messages that somebody is to look at")
async def reports_of_room(
    room_id: UUID,
    caller: CurrentCaller,
    reports: ReportService,
    response: Response,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> list[ReportedOut]:
    """What members reported and nobody has looked at, the newest messages first; for the room's moderators, and in open
    rooms for those of the platform. The next page's cursor comes in `X-Next-Cursor`."""
    page = await reports.of_room(caller, room_id, cursors.decode(cursor) if cursor else None, limit + 1)
    return _page_of_reports(page, limit, response)


@router.get("/reports", summary="Messages of all open rooms that somebody is to look at")
async def reports_everywhere(
    caller: CurrentCaller, reports: ReportService, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> list[ReportedOut]:
    """For the platform's moderators (`moderator`, `admin`), whichever rooms they are in."""
    page = await reports.everywhere(caller, cursors.decode(cursor) if cursor else None, limit + 1)
    return _page_of_reports(page, limit, response)


@router.get("/reports/counts", summary="How many reported messages wait for one")
async def report_counts(caller: CurrentCaller, reports: ReportService) -> ReportCounts:
    """For who moderates rooms, or looks after all open ones; others have none."""
    return await reports.counts(caller)


def _page_of_reports(page: list[ReportedOut], limit: int, response: Response) -> list[ReportedOut]:
    if len(page) > limit:
        response.headers["X-Next-Cursor"] = cursors.encode(page[limit - 1].message.id)
    return page[:limit]


@router.post("/rooms/{room_id}/reports/{message_id}/settle", status_code=204, summary="Say what becomes of it")
@policy()
async def settle(
    room_id: UUID, message_id: UUID, body: SettleIn, caller: CurrentCaller, reports: ReportService
) -> None:
    """Removed, or kept and folded no more. It is noted."""
    await reports.settle(caller, room_id, message_id, remove=body.remove)


@router.get("/rooms/{room_id}/actions", summary="What moderators did in a room")
async def actions(
    room_id: UUID,
    caller: CurrentCaller,
    reports: ReportService,
    response: Response,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> list[ActionOut]:
    """The newest first, for moderators. The next page's cursor comes in `X-Next-Cursor`."""
    page = await reports.actions(caller, room_id, cursors.decode(cursor) if cursor else None, limit + 1)
    if len(page) > limit:
        response.headers["X-Next-Cursor"] = cursors.encode(page[limit - 1].id)
    return page[:limit]
