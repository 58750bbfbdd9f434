"""Packets and payloads of Engine.IO 4 (engine.io-protocol, "Packet encoding").

python-engineio reads the text of a message as JSON when it happens to be some, so that ``4{"a":1}`` does not come back
as it was sent; here a message is a text or bytes and nothing else.
"""

import base64
from collections.abc import Iterable
from typing import Final

from engineio.packet import MESSAGE, NOOP, Packet

from bunri.edge.realtime.frames import frame

SEPARATOR: Final = "\x1e"


def decode(encoded: str | bytes) -> Packet:
    """One packet, of a websocket's frame or of a payload. Raises ValueError for anything else."""
    if isinstance(encoded, bytes):
        return Packet(MESSAGE, encoded)
    kind, rest = encoded[:1], encoded[1:]
    if kind == "b":
        return Packet(MESSAGE, base64.b64decode(rest, validate=True))
    if not ("0" <= kind <= str(NOOP)):
        raise ValueError("no packet of Engine.IO")
    return Packet(int(kind), rest)


def decode_payload(body: bytes) -> list[Packet]:
    """The packets of a POST. Raises ValueError; python-engineio's own reader also refuses more than 16 of them, which
    a client sends that was away for a moment."""
    return [decode(each) for each in body.decode().split(SEPARATOR)]


def encode(packet: Packet) -> str | bytes:
    """For a websocket's frame."""
    text_or_bytes: str | bytes = packet.data if packet.binary else packet.encode()
    return text_or_bytes


def framed(packet: Packet) -> bytes:
    """A websocket's frame. A packet is put into the queues of a whole room, so it remembers its frame."""
    known: bytes | None = getattr(packet, "frame", None)
    if known is None:
        known = packet.frame = frame(encode(packet))
    return known


def encode_payload(packets: Iterable[Packet]) -> bytes:
    """For the answer of a poll. Not by ``Packet.encode(b64=True)``, which remembers the first of the two forms that it
    is asked for: a packet may be in the queues of polls and of websockets at once."""
    return SEPARATOR.join(_as_text(each) for each in packets).encode()


def _as_text(packet: Packet) -> str:
    return f"b{base64.b64encode(packet.data).decode()}" if packet.binary else str(packet.encode())
