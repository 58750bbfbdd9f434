"""``/api/v1/chat/rooms/{id}/messages`` and ``/messages/{id}``: what works without a socket, too."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.chat.endpoints import cursors
from bunri.domains.chat.schemas import EditIn, MessageIn, MessageOut, ReactionIn, ReadIn, ReportIn, VoteIn
from bunri.domains.chat.service.history import History, Page
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.reports import Reports
from bunri.domains.chat.service.votes import Votes
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/chat", tags=["chat"])

CurrentCaller = Annotated[Caller, signed_in]
MessageService = Annotated[Messages, use(Messages)]
ReportService = Annotated[Reports, use(Reports)]
VoteService = Annotated[Votes, use(Votes)]
HistoryService = Annotated[History, use(History)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=60, pattern=r"^[\x20-\x7e]+$")]


@router.get("/rooms/{room_id}/messages", summary="What was said")
async def history(
    room_id: UUID,
    caller: CurrentCaller,
    history: HistoryService,
    response: Response,
    limit: Limit = 50,
    before: Annotated[Cursor, Query(description="A cursor, or a time: what was said before.")] = None,
    after: Annotated[Cursor, Query(description="A cursor: what was said after.")] = None,
    around: Annotated[
        Cursor, Query(description="A cursor, as `s` and a message's `seq`: what was said about then.")
    ] = None,
) -> list[MessageOut]:
    """In the order in which it was said; without a cursor the newest. `X-Next-Cursor` is that of older messages,
    `X-Previous-Cursor` that of newer ones; they are missing where there are none."""
    if after is not None:
        page = await history.after(caller, room_id, cursors.seq_of(after), limit)
    elif around is not None:
        page = await history.around(caller, room_id, cursors.seq_of(around), limit)
    else:
        page = await history.before(caller, room_id, cursors.seq_or_time(before) if before else None, limit)
    return _told(page, response)


@router.get("/rooms/{room_id}/search", summary="Find in what was said")
@policy(rate_limit="read")
async def search(
    room_id: UUID,
    caller: CurrentCaller,
    history: HistoryService,
    response: Response,
    q: Annotated[str, Query(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")],
    limit: Limit = 50,
    before: Cursor = None,
) -> list[MessageOut]:
    """By letters, also two syllables of a word, or by initial consonants (`ㅈㅂㄱ`)."""
    return _told(await history.search(caller, room_id, q, cursors.seq_of(before) if before else None, limit), response)


def _told(page: Page, response: Response) -> list[MessageOut]:
    if page.before is not None:
        response.headers["X-Next-Cursor"] = cursors.of_seq(page.before)
    if page.after is not None:
        response.headers["X-Previous-Cursor"] = cursors.of_seq(page.after)
    return page.messages


@router.post("/rooms/{room_id}/messages", status_code=201, summary="Say something")
@policy(rate_limit="message")
async def post(room_id: UUID, body: MessageIn, caller: CurrentCaller, messages: MessageService) -> MessageOut:
    """With a `clientId` of one's own it is said once, however often it is sent."""
    return await messages.post(caller, room_id, body)


@router.post("/rooms/{room_id}/read", summary="Say up to where one has read")
@policy(rate_limit="read_mark")
async def mark_read(room_id: UUID, body: ReadIn, caller: CurrentCaller, messages: MessageService) -> dict[str, int]:
    return {"readSeq": await messages.mark_read(caller, room_id, body.seq, unread=body.unread)}


@router.patch("/messages/{message_id}", summary="Edit one's message")
@policy()
async def edit(message_id: UUID, body: EditIn, caller: CurrentCaller, messages: MessageService) -> MessageOut:
    return await messages.edit(caller, message_id, body.content)


@router.put("/messages/{message_id}", summary="Edit one's message", include_in_schema=False)
@policy()
async def put(message_id: UUID, body: EditIn, caller: CurrentCaller, messages: MessageService) -> MessageOut:
    """As clients of old do."""
    return await messages.edit(caller, message_id, body.content)


@router.delete("/messages/{message_id}", status_code=204, summary="Remove a message")
@policy()
async def remove(message_id: UUID, caller: CurrentCaller, messages: MessageService) -> None:
    """One's own; a moderator anybody's. Its place stays."""
    await messages.remove(caller, message_id)


@router.post("/messages/{message_id}/reactions", summary="Say it by a sign")
@policy()
async def react(message_id: UUID, body: ReactionIn, caller: CurrentCaller, messages: MessageService) -> MessageOut:
    return await messages.react(caller, message_id, body.emoji, on=body.on)


@router.post("/messages/{message_id}/votes", summary="Take a choice of a poll")
@policy()
async def vote(message_id: UUID, body: VoteIn, caller: CurrentCaller, votes: VoteService) -> MessageOut:
    return await votes.vote(caller, message_id, body.choice)


@router.post("/messages/{message_id}/report", status_code=204, summary="Ask a moderator to look at it")
@policy(rate_limit="report")
async def report(message_id: UUID, body: ReportIn, caller: CurrentCaller, reports: ReportService) -> None:
    """Once a person. When several have, it is folded for everybody until somebody has looked at it."""
    await reports.report(caller, message_id, body.reason)
