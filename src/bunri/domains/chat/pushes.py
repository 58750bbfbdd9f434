"""What is pushed to whom. A push may be lost: what matters is a row first, and is sent again by ``resume``."""

from typing import Any, Final
from uuid import UUID

from bunri.domains.auth.public import public_tag
from bunri.domains.chat.documents import pushed
from bunri.domains.chat.records import Message, Room
from bunri.domains.chat.schemas import LastMessage, MessageOut
from bunri.platform.realtime import Emitter

LOBBY: Final = "lobby"


def room_channel(room_id: UUID) -> str:
    """The room of Socket.IO that its members' sockets are in."""
    return f"room:{room_id}"


class Pushes:
    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter

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

    async def read(self, room_id: UUID, person: str, seq: int) -> None:
        await self._to_room(room_id, "messagesRead", {"userId": person, "roomId": str(room_id), "seq": seq})

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
        await self._emitter.emit("removedFromRoom", {"roomId": str(room_id)}, room=f"user:{person}")

    async def room_updated(self, room: Room, last: LastMessage | None) -> None:
        """To the lobby, where everybody may know of the room; of others, members are told in the room itself."""
        told = {"roomId": str(room.id), "lastMessage": _json(last)}
        await self._emitter.emit("roomUpdated", told, room=LOBBY if room.kind.is_open else room_channel(room.id))

    async def _to_room(self, room_id: UUID, event: str, data: dict[str, Any]) -> None:
        await self._emitter.emit(event, data, room=room_channel(room_id))


def _json(last: LastMessage | None) -> dict[str, Any] | None:
    return last.model_dump(mode="json", by_alias=True) if last else None
