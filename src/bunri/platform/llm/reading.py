"""Reads the answers of all providers."""

import re
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bunri.platform.llm.protocol import Shape
from bunri.platform.resilience import ExternalFailed

Envelope = TypeVar("Envelope", bound=BaseModel)

ROOM_TO_THINK: Final = 2048
"""Tokens on top of the answer's own: providers count what a model thinks before it answers as output too."""
_FENCED: Final = re.compile(r"\A\s*```(?:json)?[ \t]*\n(?P<json>.*)\n[ \t]*```\s*\Z", re.DOTALL)
"""Models that were asked in words like to mark their JSON as code."""


def envelope(body: bytes, kind: type[Envelope]) -> Envelope:
    """The provider's envelope. Raises ExternalFailed when the body is something else, such as a gateway's page."""
    try:
        return kind.model_validate_json(body)
    except ValidationError:
        raise ExternalFailed("garbage") from None


def answer(text: str, shape: type[Shape]) -> Shape:
    """The model's own text as ``shape``: one JSON document and nothing beside it, but for the marks of a block of code.
    The breaker does not count a wrong one: the service itself works."""
    if not text:
        raise ExternalFailed("empty", counts_as_failure=False)
    fenced = _FENCED.match(text)
    try:
        return shape.model_validate_json(fenced["json"] if fenced else text)
    except ValidationError:
        raise ExternalFailed("garbage", counts_as_failure=False) from None
