"""Events between domains: facts or requests, defined in a domain's ``public.py`` and sent through its outbox."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """An event that is sent after the commit. Subscribers know it by its ``topic``, which must never change."""

    model_config = ConfigDict(frozen=True)
    topic: ClassVar[str]
