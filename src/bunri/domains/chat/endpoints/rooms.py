"""``/api/v1/chat/rooms``: made, found, entered, left, changed, moderated."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.chat.endpoints import cursors
from bunri.domains.chat.schemas import (
    Area,
    BanOut,
    InvitationIn,
    InvitationOut,
    InviteIn,
    InviteOut,
    JoinIn,
    MemberOut,
    ModerationIn,
    Person,
    RoomChange,
    RoomIn,
    RoomOut,
    SettingsIn,
)
from bunri.domains.chat.service.moderation import Moderation
from bunri.domains.chat.service.rooms import Rooms
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/chat", tags=["chat"])

CurrentCaller = Annotated[Caller, signed_in]
RoomService = Annotated[Rooms, use(Rooms)]
ModerationService = Annotated[Moderation, use(Moderation)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200, pattern=r"^[\x20-\x7e]+$")]

PersonCursor = Annotated[str, Query(max_length=60, pattern=r"^[\x21-\x7e]*$")]


@router.get("/rooms", summary="Rooms one is in or may come into")
async def listed(
    caller: CurrentCaller,
    rooms: RoomService,
    response: Response,
    limit: Limit = 50,
    cursor: Cursor = None,
    before: Annotated[Cursor, Query(description="A time: rooms whose last sign of life is older.")] = None,
    q: Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")] = None,
    area: Area | None = None,
) -> list[RoomOut]:
    """The liveliest first. The next page's cursor comes in `X-Next-Cursor`."""
    at = cursors.room_or_time(given) if (given := cursor or before) else None
    after, older = (None, at) if isinstance(at, datetime) else (at, None)
    page = await rooms.listed(caller, words=q, area=area, after=after, before=older, limit=limit + 1)
    if len(page) > limit:
        last = page[limit - 1]
        response.headers["X-Next-Cursor"] = cursors.of_room(last.updated_at, last.id)
    return page[:limit]


@router.post("/rooms", status_code=201, summary="Make a room")
@policy(idempotent=True)
async def make(body: RoomIn, caller: CurrentCaller, rooms: RoomService) -> RoomOut:
    """One's own. Of a neighbourhood there is one room: whoever asks for it comes in."""
    return await rooms.make(caller, body)


@router.post("/join", summary="Come in by a link")
@policy(rate_limit="sign_in")
async def join_by_link(body: JoinIn, caller: CurrentCaller, rooms: RoomService) -> RoomOut:
    return await rooms.join_by_invite(caller, body.invite or "")


@router.post("/invitation", summary="What a link leads to")
@policy(rate_limit="sign_in")
async def invitation(
    body: InvitationIn, caller: CurrentCaller, rooms: RoomService, response: Response
) -> InvitationOut:
    """The room's name, kind and size, and who asks, before one comes in. The link's secret is in the body: addresses
    are logged."""
    response.headers["Cache-Control"] = "no-store"
    return await rooms.invitation(caller, body.invite)


@router.get("/rooms/{room_id}", summary="One room")
async def get(room_id: UUID, caller: CurrentCaller, rooms: RoomService) -> RoomOut:
    return await rooms.get(caller, room_id)


@router.patch("/rooms/{room_id}", summary="Change a room")
@policy()
async def change(room_id: UUID, body: RoomChange, caller: CurrentCaller, rooms: RoomService) -> RoomOut:
    """Its moderators may: its name, slow mode, quiet hours."""
    return await rooms.change(caller, room_id, body)


@router.delete("/rooms/{room_id}", status_code=204, summary="Close a room")
@policy()
async def close(room_id: UUID, caller: CurrentCaller, rooms: RoomService) -> None:
    """It can be read from then on, and nothing added."""
    await rooms.close(caller, room_id)


@router.post("/rooms/{room_id}/join", summary="Come in")
@policy(rate_limit="room_entry")
async def join(room_id: UUID, caller: CurrentCaller, rooms: RoomService, body: JoinIn | None = None) -> RoomOut:
    """Into an open room, or with an invitation. Once more does no harm."""
    await rooms.join(caller, room_id, body.invite if body else None)
    return await rooms.get(caller, room_id)


@router.delete("/rooms/{room_id}/leave", status_code=204, summary="Leave for good")
@policy()
async def leave(room_id: UUID, caller: CurrentCaller, rooms: RoomService) -> None:
    await rooms.leave(caller, room_id)


@router.put("/rooms/{room_id}/notify", status_code=204, summary="Whether one is notified of it")
@policy()
async def set_notify(room_id: UUID, body: SettingsIn, caller: CurrentCaller, rooms: RoomService) -> None:
    await rooms.set_notify(caller, room_id, body.notify)


@router.get("/rooms/{room_id}/members", summary="Who is in it")
async def members(
    room_id: UUID,
    caller: CurrentCaller,
    rooms: RoomService,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    cursor: PersonCursor = "",
) -> list[MemberOut]:
    """The next page's cursor comes in `X-Next-Cursor`."""
    page = await rooms.members(caller, room_id, cursor, limit + 1)
    if len(page) > limit:
        response.headers["X-Next-Cursor"] = page[limit - 1].user_id
    return page[:limit]


@router.post("/rooms/{room_id}/members/{person}/moderation", status_code=204, summary="Mute, send out, keep out …")
@policy()
async def moderate(
    room_id: UUID, person: Person, body: ModerationIn, caller: CurrentCaller, moderation: ModerationService
) -> None:
    """Moderators act on members, the owner on moderators too. What is done is noted."""
    await moderation.act(caller, room_id, person, body)


@router.get("/rooms/{room_id}/bans", summary="Who may not come back")
async def bans(
    room_id: UUID,
    caller: CurrentCaller,
    moderation: ModerationService,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    cursor: PersonCursor = "",
) -> list[BanOut]:
    """For its moderators, who lift a ban by `unban`. The next page's cursor comes in `X-Next-Cursor`."""
    page = await moderation.bans(caller, room_id, cursor, limit + 1)
    if len(page) > limit:
        response.headers["X-Next-Cursor"] = page[limit - 1].user_id
    return page[:limit]


@router.post("/rooms/{room_id}/invites", status_code=201, summary="A link into a room")
@policy()
async def invite(
    room_id: UUID, body: InviteIn, caller: CurrentCaller, rooms: RoomService, response: Response
) -> InviteOut:
    """For a week and so many people. Shown once."""
    response.headers["Cache-Control"] = "no-store"
    return await rooms.invite(caller, room_id, body.uses)
