"""What a domain does when a socket sends something, comes or goes: as thin as an endpoint."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from bunri.platform.limits.classes import LimitClass


class Socket(Protocol):
    """Somebody's connection to this process."""

    @property
    def id(self) -> str: ...

    @property
    def caller(self) -> Any:
        """Whose it is: ``auth.public.Caller``."""
        ...

    async def emit(self, event: str, data: Mapping[str, Any]) -> None:
        """To this socket alone."""
        ...

    async def follow(self, room: str, since: int | None = None) -> bool:
        """From now on the socket gets what is pushed to ``room``; in an ordered room first what it has missed after
        number ``since``, in order and before anything newer. False when it has missed more than is sent again."""
        ...

    async def unfollow(self, room: str) -> None: ...

    def follows(self, room: str) -> bool:
        """Whether it still does: it may have been taken out of the room."""
        ...


@dataclass(frozen=True, slots=True)
class SocketHandler:
    """``call`` gets the service, the socket and the payload; what it returns is the ``data`` of the acknowledgement,
    and a named error that it raises is the acknowledgement's error. What somebody sends counts against ``limit``."""

    event: str
    payload: type[BaseModel]
    service: type[Any]
    call: Callable[[Any, Socket, Any], Awaitable[object]]
    limit: LimitClass = "socket_event"


class SocketWatcher(Protocol):
    """Is told of the sockets of this process that come and go."""

    async def gone(self, socket: Socket) -> None:
        """The socket is closed, and follows nothing any more."""
        ...

    async def expelled(self, socket: Socket, room: str) -> None:
        """The socket was taken out of ``room``."""
        ...

    async def beat(self) -> None:
        """Every few seconds, as long as the process serves sockets."""
        ...
