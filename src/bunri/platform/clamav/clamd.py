"""clamd's INSTREAM (clamd(8), "COMMANDS"): the data in chunks, each behind its length, and one line back.

zINSTREAM\\0 <length, 4 bytes, big-endian><chunk> … <0000>   →   stream: OK\\0
                                                                stream: Eicar-Test-Signature FOUND\\0
                                                                INSTREAM size limit exceeded. ERROR\\0
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from bunri.platform.clamav.errors import ScannerUnavailable

_CHUNK: Final = 2**16
_LONGEST_ANSWER: Final = 4096
_CLEAN: Final = "stream: OK"
_STREAM, _FOUND = "stream: ", " FOUND"

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


@dataclass(frozen=True, slots=True)
class ClamdAddress:
    """A socket of this machine by its ``path``, or a ``host`` and ``port``."""

    path: str | None = None
    host: str = ""
    port: int = 3310

    @classmethod
    def parse(cls, written: str) -> Self:
        """``unix:///run/clamav/clamd.ctl`` or ``tcp://127.0.0.1:3310``. Raises ValueError."""
        parts = urlsplit(written)
        if parts.scheme == "unix" and parts.path and not parts.netloc:
            return cls(path=parts.path)
        if parts.scheme == "tcp" and parts.hostname and not parts.path.strip("/"):
            return cls(host=parts.hostname, port=parts.port or 3310)
        raise ValueError("clamd's address is unix:///PATH or tcp://HOST:PORT")


class Clamd:
    """Asked over a new connection each time. ``within``: how long one answer may take, the connection included."""

    def __init__(self, address: ClamdAddress, within: timedelta) -> None:
        self._address = address
        self._within_s = within.total_seconds()

    async def scan(self, data: bytes) -> str | None:
        """The name of what was found in ``data``; None: nothing. Raises ScannerUnavailable whenever it is not known."""
        answer = await self._ask(lambda reader, writer: _stream(data, reader, writer))
        if answer == _CLEAN:
            return None
        if answer.startswith(_STREAM) and answer.endswith(_FOUND):
            return answer[len(_STREAM) : -len(_FOUND)]
        raise ScannerUnavailable(reason=answer[:100] or "no answer")

    async def check(self) -> None:
        """Readiness check. Raises ScannerUnavailable."""
        answer = await self._ask(_ping)
        if answer != "PONG":
            raise ScannerUnavailable(reason=answer[:100] or "no answer")

    async def _ask(self, talk: Callable[[Reader, Writer], Awaitable[str]]) -> str:
        try:
            async with asyncio.timeout(self._within_s):
                reader, writer = await self._connect()
                try:
                    return await talk(reader, writer)
                finally:
                    writer.transport.abort()  # nothing is left to be said, and nobody to be waited for
        except TimeoutError:
            raise ScannerUnavailable(reason=f"no answer within {self._within_s:g} s") from None
        except (OSError, ValueError) as error:  # a line that is too long is a ValueError
            raise ScannerUnavailable(reason=str(error) or type(error).__name__) from error

    async def _connect(self) -> tuple[Reader, Writer]:
        if self._address.path:
            return await asyncio.open_unix_connection(self._address.path, limit=_LONGEST_ANSWER)
        return await asyncio.open_connection(self._address.host, self._address.port, limit=_LONGEST_ANSWER)


async def _stream(data: bytes, reader: Reader, writer: Writer) -> str:
    """What clamd answers. It may answer, and hang up, before everything has been sent: what it says counts."""
    with suppress(ConnectionError):
        writer.write(b"zINSTREAM\0")
        for at in range(0, len(data), _CHUNK):
            chunk = data[at : at + _CHUNK]
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
    return await _line(reader)


async def _ping(reader: Reader, writer: Writer) -> str:
    writer.write(b"zPING\0")
    await writer.drain()
    return await _line(reader)


async def _line(reader: Reader) -> str:
    """What comes before the next NUL, or before the end."""
    try:
        answer = await reader.readuntil(b"\0")
    except asyncio.IncompleteReadError as error:
        raise ScannerUnavailable(reason="hung up in the middle of an answer") from error
    except asyncio.LimitOverrunError as error:
        raise ScannerUnavailable(reason="an endless answer") from error
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
