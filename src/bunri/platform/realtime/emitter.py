"""Who can push an event to a room, wherever its sockets are connected, and who can listen to one without a socket."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol

NAMESPACE: Final = "/chat"
"""The one namespace of Socket.IO that all domains share (CHAT-3)."""


class Emitter(Protocol):
    """Sends an event to every socket of a room, on any node. It may be lost: with a socket, a node, or Valkey."""

    async def emit(self, event: str, data: Mapping[str, Any], *, room: str) -> None:
        """``data`` is what JSON knows. Never raises because Valkey is away."""
        ...

    async def expel(self, person: str, room: str) -> None:
        """The sockets of ``person`` get nothing more of ``room``, on any node."""
        ...


class Pushed(NamedTuple):
    """An event as it was pushed to a room."""

    event: str
    data: Mapping[str, Any]


MISSED: Final = "missed"
"""What a listener gets instead of pushes that were lost with Valkey: it is to look for itself."""


class RoomListener(Protocol):
    """What is pushed to a room from now on."""

    async def next(self, within_s: float) -> Pushed | None:
        """The next event, or None when none came in time."""
        ...


class Subscriber(Protocol):
    """Listens in this process, for streams that are no sockets."""

    def listening(self, room: str) -> AbstractContextManager[RoomListener]: ...


def user_room(owner: str) -> str:
    """The room of all sockets of one person."""
    return f"user:{owner}"


@dataclass
class RecordingEmitter:
    """For commands of a terminal, where nobody is connected, and for tests: keeps the last events."""

    emitted: list[tuple[str, Mapping[str, Any], str]] = field(default_factory=list)
    most: int = 1000

    async def emit(self, event: str, data: Mapping[str, Any], *, room: str) -> None:
        self.emitted.append((event, data, room))
        del self.emitted[: -self.most]

    async def expel(self, person: str, room: str) -> None:
        self.emitted.append(("expel", {"person": person}, room))
