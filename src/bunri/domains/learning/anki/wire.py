"""The wire format of Protocol Buffers, as far as Anki's packages use it (protobuf.dev, "Encoding").

Anki's messages are described in ``proto/anki/import_export.proto`` and ``notetypes.proto`` of its repository.
"""

from collections.abc import Iterator

from bunri.domains.learning.errors import CollectionBroken

Value = int | bytes


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """Numbers and values in their order; fixed ones as their bytes. Raises CollectionBroken."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind not in (1, 2, 5):
            raise CollectionBroken
        length = 8 if kind == 1 else 4
        if kind == 2:
            length, at = _varint(message, at)
        if at + length > len(message):
            raise CollectionBroken
        yield number, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise CollectionBroken
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise CollectionBroken


def number_of(message: bytes, wanted: int) -> int:
    """The last number in the field ``wanted``; 0 where there is none, as proto3 has it."""
    found = 0
    for number, value in fields(message):
        if number == wanted and isinstance(value, int):
            found = value
    return found


def text_of(message: bytes, wanted: int) -> str:
    """The last text in the field ``wanted``; empty where there is none."""
    found = b""
    for number, value in fields(message):
        if number == wanted and isinstance(value, bytes):
            found = value
    return found.decode("utf-8", "replace")
