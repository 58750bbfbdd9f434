"""JSON text that may be larger than memory, read value by value."""

import codecs
import io
import json
from collections.abc import Iterator
from typing import IO, Any, Final

from bunri.domains.locations.errors import BinsFileBroken

_CHUNK: Final = 256 * 1024
_MAX_VALUE: Final = 1024 * 1024


class JsonStream:
    """A buffer holds little more than one value."""

    def __init__(self, file: IO[bytes]) -> None:
        self._text = codecs.getreader("utf-8-sig")(file)
        self._newlines = io.IncrementalNewlineDecoder(None, translate=True)  # so that lines are counted on any system
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._ended = False
        self.line = 1

    def members_until(self, wanted: str) -> Iterator[tuple[str, Any]]:
        """The members of the object that starts here, up to the one that is called ``wanted``, whose value is next."""
        self.expect("{")
        while (name := self.value()) != wanted:
            self.expect(":")
            yield name, self.value()
            self.expect(",")
        self.expect(":")

    def items(self) -> Iterator[tuple[int, Any]]:
        """Each value of the array that starts here, with the line it starts on."""
        self.expect("[")
        while self.peek() != "]":
            line = self.line
            yield line, self.value()
            if self.peek() != "]":
                self.expect(",")

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            rest = self._buffer.lstrip()
            self._drop(len(self._buffer) - len(rest))
            if rest or not self._more():
                return self._buffer[:1]

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise BinsFileBroken(line=self.line)
        self._drop(1)

    def value(self) -> Any:
        """The JSON value that starts here."""
        self.peek()
        while len(self._buffer) <= _MAX_VALUE:
            try:
                value, end = self._decoder.raw_decode(self._buffer)
            except (ValueError, RecursionError):
                end = len(self._buffer)
            else:
                if end < len(self._buffer) or self._ended:  # a number at the very end may go on in the next chunk
                    self._drop(end)
                    return value
            if not self._more():
                break
        raise BinsFileBroken(line=self.line)

    def _drop(self, count: int) -> None:
        self.line += self._buffer.count("\n", 0, count)
        self._buffer = self._buffer[count:]

    def _more(self) -> bool:
        try:
            chunk = self._text.read(_CHUNK)
            seen = self._newlines.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise BinsFileBroken(line=self.line) from None
        self._buffer += seen
        self._ended = not chunk
        return bool(chunk)
