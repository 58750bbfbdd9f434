"""What is pushed to whom. A push may be lost: what matters is a row first, and is sent again by ``resume``."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple
from uuid import UUID

from bunri.domains.auth.public import public_tag
from bunri.domains.chat.coalescing import Coalesced
from bunri.domains.chat.documents import READERS_SHOWN, pushed
from bunri.domains.chat.records import Message, Room
from bunri.domains.chat.schemas import LastMessage, MessageOut
from bunri.platform.realtime import Emitter, user_room

LOBBY: Final = "lobby"


def room_channel(room_id: UUID) -> str:
    """The room of Socket.IO that its members' sockets are in."""
    return f"room:{room_id}"


class _Updated(NamedTuple):
    channel: str
    last: dict[str, Any] | None


class Pushes:
    def __init__(self, emitter: Emitter, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._emitter = emitter
        self._rooms = Coalesced[str, _Updated](self._send_room, sleep)
        self._marks = Coalesced[UUID, dict[str, int]](self._send_marks, sleep)

    async def flush(self) -> None:
        """Sends what waits for the end of its second."""
        await self._rooms.flush()
        await self._marks.flush()

    async def new_message(self, message: MessageOut) -> None:
        await self._to_room(message.room, "newMessage", pushed(message))

    async def updated(self, message: MessageOut) -> None:
        await self._to_room(message.room, "messageUpdated", pushed(message))

    async def deleted(self, message: Message, last: LastMessage | None) -> None:
        await self._to_room(
            message.room_id,
            "messageDeleted",
            {
                "messageId": str(message.id),
                "roomId": str(message.room_id),
                "seq": message.seq,
                "rev": message.rev,
                "newLastMessage": _json(last),
            },
        )

    async def forgotten(self, room_id: UUID, first: int) -> None:
        """Messages before number ``first`` are kept no more."""
        await self._to_room(room_id, "messagesForgotten", {"roomId": str(room_id), "firstSeq": first})

    def read(self, room_id: UUID, person: str, seq: int) -> None:
        """To the room and to the person's other devices. In a room of many readers everybody would be told of
        everybody, so it is told once a second, of the last few of them: nobody is shown more."""
        marks = self._marks.get(room_id) or {}
        marks.pop(person, None)  # the last word is the last one in order, too
        self._marks.put(room_id, {**marks, person: seq})

    async def _send_marks(self, room_id: UUID, marks: dict[str, int]) -> None:
        for number, (person, seq) in enumerate(reversed(marks.items())):
            told = {"userId": person, "roomId": str(room_id), "seq": seq}
            if number < READERS_SHOWN:
                await self._to_room(room_id, "messagesRead", told)
            await self._emitter.emit("messagesRead", told, room=user_room(person))

    async def typing(self, room_id: UUID, person: str, name: str, *, is_typing: bool) -> None:
        told = {"userId": person, "username": name, "roomId": str(room_id), "isTyping": is_typing}
        await self._to_room(room_id, "userTyping", told)

    async def came(self, room_id: UUID, person: str, name: str) -> None:
        told = {"roomId": str(room_id), "userId": person, "username": name, "hash": public_tag(person)}
        await self._to_room(room_id, "userJoinedRoom", told)

    async def left(self, room_id: UUID, person: str) -> None:
        await self._to_room(room_id, "userLeftRoom", {"roomId": str(room_id), "userId": person})

    async def removed(self, room_id: UUID, person: str) -> None:
        """To the person: they are no member any more, and hear nothing more of the room."""
        await self._emitter.expel(person, room_channel(room_id))
        await self._emitter.emit("removedFromRoom", {"roomId": str(room_id)}, room=user_room(person))

    def room_updated(self, room: Room, last: LastMessage | None) -> None:
        """To the lobby, where everybody may know of the room; of others, members are told in the room itself. Once a
        second, with what is the last message then."""
        channel = LOBBY if room.kind.is_open else room_channel(room.id)
        self._rooms.put(str(room.id), _Updated(channel, _json(last)))

    async def _send_room(self, room_id: str, updated: "_Updated") -> None:
        told = {"roomId": room_id, "lastMessage": updated.last}
        await self._emitter.emit("roomUpdated", told, room=updated.channel)

    async def _to_room(self, room_id: UUID, event: str, data: dict[str, Any]) -> None:
        await self._emitter.emit(event, data, room=room_channel(room_id))


def _json(last: LastMessage | None) -> dict[str, Any] | None:
    return last.model_dump(mode="json", by_alias=True) if last else None
