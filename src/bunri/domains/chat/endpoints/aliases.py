"""The addresses of the original client, below ``/api/chat``: bare arrays, and times for cursors."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller, public_tag
from bunri.domains.chat.endpoints import cursors
from bunri.domains.chat.errors import NotAMember
from bunri.domains.chat.schemas import EditIn, JoinIn, MessageOut, RoomIn, RoomOut
from bunri.domains.chat.service.history import History, Page
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.rooms import Rooms
from bunri.platform.http import policy, signed_in, use

router = APIRouter(include_in_schema=False)

CurrentCaller = Annotated[Caller, signed_in]
RoomService = Annotated[Rooms, use(Rooms)]
MessageService = Annotated[Messages, use(Messages)]
HistoryService = Annotated[History, use(History)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=60, pattern=r"^[\x20-\x7e]+$")]


_TRIES, _PAUSE_S = 20, 0.05


@router.get("/api/chat/rooms")
async def rooms(
    caller: CurrentCaller, rooms: RoomService, response: Response, limit: Limit = 50, before: Cursor = None
) -> list[RoomOut]:
    at = cursors.room_or_time(before) if before else None
    older = at if isinstance(at, datetime) or at is None else at[0]
    page = await rooms.listed(caller, before=older, limit=limit + 1)
    if len(page) > limit:
        response.headers["X-Next-Cursor"] = _iso(page[limit - 1].updated_at)
    return page[:limit]


@router.post("/api/chat/rooms", status_code=201)
@policy(idempotent=True)
async def make(body: RoomIn, caller: CurrentCaller, rooms: RoomService) -> RoomOut:
    return await rooms.make(caller, body)


@router.post("/api/chat/rooms/{room_id}/join")
@policy(rate_limit="room_entry")
async def join(room_id: UUID, caller: CurrentCaller, rooms: RoomService, body: JoinIn | None = None) -> RoomOut:
    await rooms.join(caller, room_id, body.invite if body else None)
    return await rooms.get(caller, room_id)


@router.delete("/api/chat/rooms/{room_id}/leave", status_code=204)
@policy()
async def leave(room_id: UUID, caller: CurrentCaller, rooms: RoomService) -> None:
    await rooms.leave(caller, room_id)


@router.get("/api/chat/rooms/{room_id}/messages")
async def messages(
    room_id: UUID,
    caller: CurrentCaller,
    history: HistoryService,
    response: Response,
    limit: Limit = 50,
    before: Cursor = None,
) -> list[MessageOut]:
    at = cursors.seq_or_time(before) if before else None
    page = await _after_joining(lambda: history.before(caller, room_id, at, limit))
    if page.before is not None:
        response.headers["X-Next-Cursor"] = _iso(page.messages[0].created_at)
    return page.messages


@router.put("/api/chat/messages/{message_id}")
@policy()
async def edit(message_id: UUID, body: EditIn, caller: CurrentCaller, messages: MessageService) -> MessageOut:
    return await messages.edit(caller, message_id, body.content)


@router.delete("/api/chat/messages/{message_id}", status_code=204)
@policy()
async def remove(message_id: UUID, caller: CurrentCaller, messages: MessageService) -> None:
    await messages.remove(caller, message_id)


@router.get("/api/users/online")
async def online(caller: CurrentCaller, rooms: RoomService) -> list[dict[str, Any]]:
    """Who is in one of the caller's rooms now."""
    people = await rooms.online_anywhere(caller)
    return [{"userId": person, "username": name, "hash": public_tag(person)} for person, name in people]


async def _after_joining(read: Callable[[], Awaitable[Page]]) -> Page:
    """The original client asks to come in by its socket, waits for no answer and reads at the same moment: who is no
    member yet may be one in an instant."""
    for _ in range(_TRIES):
        with suppress(NotAMember):
            return await read()
        await asyncio.sleep(_PAUSE_S)
    return await read()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
