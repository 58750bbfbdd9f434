"""What a domain tells the others has happened, or asks of them later. Defined in ``public.py``, sent by the outbox."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact that leaves its domain after the commit. ``topic`` names it for subscribers and stays as it is."""

    model_config = ConfigDict(frozen=True)
    topic: ClassVar[str]
