"""What both providers' answers have in common once the envelope is off."""

from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from bunri.platform.llm.protocol import Shape
from bunri.platform.resilience import OutsideFailed

Envelope = TypeVar("Envelope", bound=BaseModel)

ROOM_TO_THINK: Final = 2048
"""Tokens on top of the answer's own: providers count what a model thinks before it answers as output too."""


def envelope(body: bytes, kind: type[Envelope]) -> Envelope:
    """The provider's envelope. Raises OutsideFailed when the body is something else, such as a gateway's page."""
    try:
        return kind.model_validate_json(body)
    except ValidationError:
        raise OutsideFailed("garbage") from None


def answer(text: str, shape: type[Shape]) -> Shape:
    """The model's own text as ``shape``. A wrong one is this answer's fault, not a sign of an ailing service."""
    if not text:
        raise OutsideFailed("empty", ailing=False)
    try:
        return shape.model_validate_json(text)
    except ValidationError:
        raise OutsideFailed("garbage", ailing=False) from None
