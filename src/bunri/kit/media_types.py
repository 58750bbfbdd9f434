"""Media types as RFC 9110 §8.3.1 writes and compares them."""

import re
from typing import Final

_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # a token
_QUOTED: Final = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*+"'
# An unquoted value may hold more than a token: clients write the boundaries of forms so.
_VALUE: Final = rf'(?:{_QUOTED}|[^\s",;\x00-\x1f\x7f-\xff]++)'
# Nothing is given back once it has matched ("*+"), so that garbage is told in one pass.
_MEDIA_TYPE: Final = re.compile(rf"[ \t]*+({_NAME}/{_NAME})(?:[ \t]*+;[ \t]*+(?:{_NAME}={_VALUE})?+)*+[ \t]*+")


def essence(written: str) -> str | None:
    """Type and subtype of a ``Content-Type`` in lower case, without its parameters; None where it is no media type.

    Type and subtype are compared so, whatever their case. No type that we take defines a parameter that would make it
    another format, so ``image/jpeg; q="a;b"`` is ``image/jpeg``. A list is none: a message has one type, and whoever
    picked one of several would read it as its sender did not mean it.
    """
    match = _MEDIA_TYPE.fullmatch(written)
    return match[1].lower() if match else None
