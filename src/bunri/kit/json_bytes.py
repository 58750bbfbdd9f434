"""Bytes in a document of JSON, as base64."""

import base64
import binascii
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error


JsonBytes = Annotated[
    bytes,
    BeforeValidator(_bytes),
    PlainSerializer(lambda data: base64.b64encode(data).decode(), return_type=str, when_used="json"),
]
"""``bytes`` to Python, base64 to JSON, both ways."""
