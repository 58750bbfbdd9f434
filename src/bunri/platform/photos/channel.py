"""What a process and its decoder say to each other over a socket: a JSON object and bytes.

Nothing is pickled, so a decoder that a hostile picture has taken over can send wrong answers, but run nothing in the
process that asked.
"""

import json
import select
import socket
import struct
import time
from typing import Any, Final

_LENGTHS: Final = struct.Struct(">IQ")
_LARGEST_OBJECT: Final = 65_536
_SOCKET_BUFFER: Final = 2**20

Buffer = bytes | bytearray | memoryview


class Garbled(Exception):
    """The other side says what nobody would say who keeps to the protocol."""


class Channel:
    """One end of a socket. Raises EOFError and OSError when the other end is gone, TimeoutError at the deadline.

    ``deadline`` is a time of ``time.monotonic``; without one a call blocks.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline: float | None = None
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            connection.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER)

    def send(self, message: dict[str, Any], *bodies: Buffer) -> None:
        views = [memoryview(body).cast("B") for body in bodies if body]
        head = json.dumps(message).encode()
        self._send(_LENGTHS.pack(len(head), sum(view.nbytes for view in views)) + head)
        for view in views:
            self._send(view)

    def wait(self, seconds: float) -> bool:
        """Whether there is something to receive within so many seconds."""
        return bool(select.select([self._connection], [], [], seconds)[0])

    def receive(self) -> tuple[dict[str, Any], int]:
        """The object, and how many bytes follow it. Raises Garbled."""
        lengths = bytearray(_LENGTHS.size)
        self.fill(lengths)
        length, size = _LENGTHS.unpack(lengths)
        if length > _LARGEST_OBJECT:
            raise Garbled
        head = bytearray(length)
        self.fill(head)
        try:
            message = json.loads(head)
        except (ValueError, RecursionError) as error:
            raise Garbled from error
        if not isinstance(message, dict):
            raise Garbled
        return message, size

    def fill(self, buffer: Buffer) -> None:
        """Reads as many bytes as ``buffer`` has room for."""
        view = memoryview(buffer).cast("B")
        while view.nbytes:
            self._set_timeout()
            count = self._connection.recv_into(view)
            if not count:
                raise EOFError
            view = view[count:]

    def read(self, size: int) -> bytes:
        """As one object of ``size`` bytes: decoders take those without copying them."""
        first = self._receive(size) if size else b""
        if len(first) == size:
            return first
        rest = bytearray(size - len(first))
        self.fill(rest)
        return first + rest

    def close(self) -> None:
        self._connection.close()

    def _receive(self, size: int) -> bytes:
        self._set_timeout()
        return self._connection.recv(size, socket.MSG_WAITALL)

    def _send(self, content: Buffer) -> None:
        self._set_timeout()
        self._connection.sendall(content)

    def _set_timeout(self) -> None:
        if self.deadline is None:
            return
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
