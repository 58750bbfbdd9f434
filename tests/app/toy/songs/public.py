"""What other domains may know of songs."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict


class Song(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: str
    singer: str


class SongsPublic(Protocol):
    async def of(self, singer: str) -> list[Song]: ...
