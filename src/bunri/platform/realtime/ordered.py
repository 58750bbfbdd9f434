"""Rooms whose events are numbered: every socket gets each number once and in order, whatever was lost on the way.

What is pushed may be lost with Valkey, come twice or in another order. A process therefore knows the last number that
it has delivered in each room that it has sockets in. The next one is passed on; one that was delivered is dropped;
before a later one, what is missing is read from where it is kept. A look at the newest numbers, every few seconds,
finds what was lost at the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog

from bunri.kit.errors import Unavailable

log = structlog.get_logger(__name__)


class Numbered(NamedTuple):
    """The data of an event, with its number in the room."""

    seq: int
    data: Mapping[str, Any]


class OrderedSource(Protocol):
    """Where the events of rooms are kept."""

    event: str
    """The one event whose data have a ``seq``."""
    most: int
    """Events that are sent again at once."""

    async def after(self, room: str, seq: int, limit: int) -> Sequence[Numbered]:
        """The first events after number ``seq``, in order."""
        ...

    async def newest(self, rooms: Sequence[str]) -> Mapping[str, int]:
        """The last number of each room."""
        ...


Deliver = Callable[[str, Mapping[str, Any], str], Awaitable[None]]
"""``deliver(event, data, room)``: to the sockets of this process that are in ``room``."""

Enter = Callable[[], Awaitable[None]]
Send = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class _Room:
    def __init__(self) -> None:
        self.last: int | None = None
        """The last number that was delivered here."""
        self.lock = asyncio.Lock()
        self.sockets: set[str] = set()


class OrderedRooms:
    def __init__(self, source: OrderedSource, deliver: Deliver) -> None:
        self.event = source.event
        self._source = source
        self._deliver = deliver
        self._rooms: dict[str, _Room] = {}

    async def push(self, room: str, data: Mapping[str, Any]) -> None:
        """An event has been published."""
        found = self._rooms.get(room)
        if found is None:
            return  # nobody is in it here
        async with found.lock:
            if found.last is None or data["seq"] <= found.last:
                return
            if data["seq"] > found.last + 1:
                await self._catch_up(room, found, before=data["seq"])
            if data["seq"] == found.last + 1:
                await self._pass_on(room, found, Numbered(data["seq"], data))

    async def announce(self, room: str, seq: int) -> None:
        """Events up to number ``seq`` have been published, too large to be told here."""
        found = self._rooms.get(room)
        if found:
            async with found.lock:
                if found.last is not None and seq > found.last:
                    await self._catch_up(room, found, before=seq + 1)

    async def add(self, room: str, socket: str, since: int | None, enter: Enter, send: Send) -> bool:
        """``socket`` is in the room from now on: it is sent what it has missed after ``since``, then ``enter`` is
        called. Nothing newer is delivered meanwhile. False when it has missed too much, or knows of more than there
        is."""
        found = self._rooms.setdefault(room, _Room())
        found.sockets.add(socket)  # at once: nobody drops the room while this waits
        try:
            async with found.lock:
                if found.last is None:
                    found.last = (await self._source.newest([room])).get(room, 0)
                complete = since is None or await self._send_again(room, since, found.last, send)
                await enter()
        except BaseException:
            self.remove(room, socket)
            raise
        return complete

    async def _send_again(self, room: str, since: int, last: int, send: Send) -> bool:
        if since > last or last - since > self._source.most:
            return False
        if since < last:
            for each in await self._source.after(room, since, last - since):
                if each.seq <= last:
                    await send(self.event, each.data)
        return True

    def remove(self, room: str, socket: str) -> None:
        found = self._rooms.get(room)
        if found:
            found.sockets.discard(socket)
            if not found.sockets:
                del self._rooms[room]

    async def look(self) -> None:
        """Delivers what was published and lost."""
        rooms = list(self._rooms)
        try:
            newest = await self._source.newest(rooms) if rooms else {}
            for room, seq in newest.items():
                await self.announce(room, seq)
        except Unavailable as error:
            log.warning("ordered_rooms.not_looked_at", reason=str(error))

    async def _catch_up(self, room: str, found: _Room, *, before: int) -> None:
        """Delivers everything up to ``before``. What cannot be read now is delivered by the next look."""
        assert found.last is not None  # noqa: S101  # nobody is in a room that was not looked at
        try:
            while found.last + 1 < before:
                missing = await self._source.after(room, found.last, min(self._source.most, before - found.last - 1))
                if not missing:
                    break
                for each in missing:
                    if each.seq < before:
                        await self._pass_on(room, found, each)
        except Unavailable as error:
            log.warning("ordered_rooms.not_caught_up", room=room, reason=str(error))

    async def _pass_on(self, room: str, found: _Room, event: Numbered) -> None:
        await self._deliver(self.event, event.data, room)
        found.last = event.seq
