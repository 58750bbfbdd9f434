"""Who can push an event to the sockets of a room, wherever they are connected."""

from dataclasses import dataclass, field
from typing import Any, Protocol


class Emitter(Protocol):
    """Sends an event to every socket of a room, on any node. It may be lost: with a socket, a node, or Valkey."""

    async def emit(self, event: str, data: Any, *, room: str) -> None:
        """``data`` is what JSON knows. Never raises for a Valkey that is away."""
        ...


def user_room(owner: str) -> str:
    """The room of all sockets of one person."""
    return f"user:{owner}"


@dataclass
class RecordingEmitter:
    """For commands of a terminal, where nobody is connected, and for tests: keeps the last events."""

    emitted: list[tuple[str, Any, str]] = field(default_factory=list)
    most: int = 1000

    async def emit(self, event: str, data: Any, *, room: str) -> None:
        self.emitted.append((event, data, room))
        del self.emitted[: -self.most]
