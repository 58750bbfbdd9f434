"""What sockets may send about rooms. Clients of old send no ``clientId`` and wait for no acknowledgement."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from bunri.domains.auth.public import Caller, public_tag
from bunri.domains.chat import rules
from bunri.domains.chat.documents import pushed
from bunri.domains.chat.presence import Presence
from bunri.domains.chat.pushes import Pushes, room_channel
from bunri.domains.chat.schemas import Content, LenientIn, MessageIn
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.rooms import Rooms
from bunri.kit.errors import Unavailable
from bunri.platform.realtime import Socket, SocketHandler

SHOWN = 50
"""People of a room whom a socket is told of when it comes in; of others it learns as they come and go, and all are in
the pages of members."""


class JoinEvent(LenientIn):
    room_id: UUID = Field(alias="roomId")
    since_seq: int | None = Field(None, alias="sinceSeq", ge=0, lt=2**53)


class LeaveEvent(LenientIn):
    room_id: UUID = Field(alias="roomId")
    forget: bool = False


class SendEvent(MessageIn):
    room: UUID


class EditEvent(LenientIn):
    message_id: UUID = Field(alias="messageId")
    content: Content


class DeleteEvent(LenientIn):
    message_id: UUID = Field(alias="messageId")


class ReadEvent(LenientIn):
    room_id: UUID = Field(alias="roomId")
    seq: int | None = Field(None, ge=0, lt=2**53)
    unread: bool = False


class TypingEvent(LenientIn):
    room_id: UUID = Field(alias="roomId")
    is_typing: bool = Field(True, alias="isTyping")


class Seen(BaseModel):
    """Up to where a client knows a room: its newest message, and its newest change."""

    seq: int = Field(ge=0, lt=2**53)
    rev: int | None = Field(None, ge=0, lt=2**53)


class ResumeEvent(LenientIn):
    rooms: dict[UUID, int | Seen] = Field(max_length=200)


class Conversations:
    """Rooms as sockets use them: who is in one hears of it, and is seen in it."""

    def __init__(self, rooms: Rooms, messages: Messages, history: History, presence: Presence, pushes: Pushes) -> None:
        self._rooms = rooms
        self._messages = messages
        self._history = history
        self._presence = presence
        self._pushes = pushes
        self._of_socket: dict[str, dict[UUID, str]] = {}
        """The rooms of each, and what its person is called there."""

    # ── coming and going ──────────────────────────────────────────────────────────────────────────────────────────

    async def join(self, socket: Socket, said: JoinEvent) -> dict[str, Any]:
        seat = await self._rooms.join(socket.caller, said.room_id)
        assert seat.member is not None  # noqa: S101  # who has joined
        name = rules.name_in(seat.room, seat.member, socket.caller.name)
        await self._enter(socket, said.room_id, name, said.since_seq, None)
        await socket.emit("roomOnlineUsers", await self._online(socket.caller, said.room_id))
        return {"roomId": str(said.room_id), "lastSeq": seat.room.last_seq, "readSeq": seat.member.read_seq}

    async def resume(self, socket: Socket, said: ResumeEvent) -> dict[str, Any]:
        """Rooms that cannot be resumed are told in the answer: no member, or gone."""
        refused = []
        for room_id, seen in said.rooms.items():
            known = seen if isinstance(seen, Seen) else Seen(seq=seen)
            name = await self._rooms.name_in(socket.caller, room_id)
            if name is None:
                refused.append(str(room_id))
                continue
            await self._enter(socket, room_id, name, known.seq, known.rev)
        return {"refused": refused}

    async def _enter(self, socket: Socket, room_id: UUID, name: str, since: int | None, rev: int | None) -> None:
        complete = await socket.follow(room_channel(room_id), since)
        if since is not None and since + 1 < await self._history.first_number(room_id):
            complete = False  # of what was missed some is kept no more
        if complete and rev is not None and since is not None:
            complete = await self._send_changes(socket, room_id, rev, since)
        if not complete:
            await socket.emit("resync", {"roomId": str(room_id)})
        if not socket.follows(room_channel(room_id)):
            return  # it has been closed, or sent out, meanwhile
        mine = self._of_socket.setdefault(socket.id, {})
        if room_id not in mine:
            mine[room_id] = name
            if await self._seen(self._presence.enter(room_id, socket.caller.id)):
                await self._pushes.came(room_id, socket.caller.id, name)

    async def _send_changes(self, socket: Socket, room_id: UUID, rev: int, up_to: int) -> bool:
        """What has changed among the messages that the client has."""
        changed = await self._history.changed(socket.caller, room_id, rev, up_to)
        for each in changed or ():
            await socket.emit("messageUpdated", pushed(each))
        return changed is not None

    async def leave(self, socket: Socket, said: LeaveEvent) -> None:
        """Stops listening, as clients of old mean it each time they show another room; gives up membership only with
        ``forget``."""
        await socket.unfollow(room_channel(said.room_id))
        await self._leave(socket, said.room_id)
        if said.forget:
            await self._rooms.leave(socket.caller, said.room_id)

    async def gone(self, socket: Socket) -> None:
        for room_id in list(self._of_socket.get(socket.id, ())):
            await self._leave(socket, room_id)
        self._of_socket.pop(socket.id, None)

    async def expelled(self, socket: Socket, room: str) -> None:
        for room_id in list(self._of_socket.get(socket.id, ())):
            if room_channel(room_id) == room:
                await self._leave(socket, room_id)

    async def _leave(self, socket: Socket, room_id: UUID) -> None:
        mine = self._of_socket.get(socket.id, {})
        if room_id in mine:
            del mine[room_id]
            if await self._seen(self._presence.leave(room_id, socket.caller.id)):
                await self._pushes.left(room_id, socket.caller.id)

    async def beat(self) -> None:
        """Says for the people of this node that they are still here, and for those of dead ones that they are gone."""
        try:
            for each in await self._presence.renew():
                await self._pushes.left(each.room_id, each.person)
        except Unavailable:
            pass  # without Valkey nobody knows who is here; messages go on

    @staticmethod
    async def _seen(changing: Any) -> bool:
        """Whether others are to be told; without Valkey nobody is."""
        try:
            return bool(await changing)
        except Unavailable:
            return False

    async def _online(self, caller: Caller, room_id: UUID) -> dict[str, Any]:
        people, count = await self._rooms.online(caller, room_id, SHOWN)
        users = [{"userId": person, "username": name, "hash": public_tag(person)} for person, name in people]
        return {"roomId": str(room_id), "users": users, "count": count}

    # ── saying ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def send(self, socket: Socket, said: SendEvent) -> dict[str, Any]:
        return pushed(await self._messages.post(socket.caller, said.room, said))

    async def edit(self, socket: Socket, said: EditEvent) -> dict[str, Any]:
        return pushed(await self._messages.edit(socket.caller, said.message_id, said.content))

    async def delete(self, socket: Socket, said: DeleteEvent) -> None:
        await self._messages.remove(socket.caller, said.message_id)

    async def read(self, socket: Socket, said: ReadEvent) -> dict[str, Any]:
        seq = await self._messages.mark_read(socket.caller, said.room_id, said.seq, unread=said.unread)
        return {"roomId": str(said.room_id), "readSeq": seq}

    async def typing(self, socket: Socket, said: TypingEvent) -> None:
        """Only in a room that the socket is in, where membership was looked at."""
        if socket.follows(room_channel(said.room_id)):
            caller = socket.caller
            name = self._of_socket.get(socket.id, {}).get(said.room_id, caller.name)
            await self._pushes.typing(said.room_id, caller.id, name, is_typing=said.is_typing)


HANDLERS = (
    SocketHandler("joinRoom", JoinEvent, Conversations, Conversations.join, "room_entry"),
    SocketHandler("leaveRoom", LeaveEvent, Conversations, Conversations.leave),
    SocketHandler("resume", ResumeEvent, Conversations, Conversations.resume),
    SocketHandler("sendMessage", SendEvent, Conversations, Conversations.send, "message"),
    SocketHandler("editMessage", EditEvent, Conversations, Conversations.edit),
    SocketHandler("deleteMessage", DeleteEvent, Conversations, Conversations.delete),
    SocketHandler("markAsRead", ReadEvent, Conversations, Conversations.read, "read_mark"),
    SocketHandler("typing", TypingEvent, Conversations, Conversations.typing, "typing"),
)
