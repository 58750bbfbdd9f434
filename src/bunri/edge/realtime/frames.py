"""Websockets of uvicorn that take whole frames.

A message to a room of a thousand people is framed once (RFC 6455 §5.2: what a server sends is not masked, so that all
of them get the same bytes) and handed to each connection as it is. Through ASGI each of them would frame it again.
"""

from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION: Final = "bunri.frames"
"""Of the ASGI scope: ``{"write": Write}``."""

Write = Callable[[bytes], bool]
"""Writes whole frames at once; False where the connection is closing, or its client does not keep up."""

_TEXT: Final = 0x81
_BINARY: Final = 0x82


class FramesProtocol(WebSocketsSansIOProtocol):
    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # the application's task has been made and has not begun
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = {"write": self.write_frames}

    def write_frames(self, frames: bytes) -> bool:
        """Implements Write."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frames)
        return True


def frame(message: str | bytes) -> bytes:
    """One whole message as a frame."""
    if isinstance(message, str):
        data, kind = message.encode(), _TEXT
    else:
        data, kind = message, _BINARY
    size = len(data)
    if size < 126:  # the sizes that the protocol's heads tell apart
        return bytes((kind, size)) + data
    if size < 2**16:
        return bytes((kind, 126)) + size.to_bytes(2, "big") + data
    return bytes((kind, 127)) + size.to_bytes(8, "big") + data
