"""A Protocol to call over HTTP, and who serves it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from pydantic import BaseModel

from bunri.app.rpc.tokens import PeerTokens
from bunri.kit.errors import Missing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Song(BaseModel):
    title: str
    length_s: float | None


class SongMissing(Missing):
    code = "song_missing"


class Songs(Protocol):
    async def find(self, words: Sequence[str], limit: int = 2) -> list[Song]: ...
    async def lengths(self, titles: tuple[str, ...]) -> dict[str, float]: ...


class Juke:
    async def find(self, words: Sequence[str], limit: int = 2) -> list[Song]:
        if not words:
            raise SongMissing(title="아리랑", tries=3)
        return [Song(title=word, length_s=None) for word in words][:limit]

    async def lengths(self, titles: tuple[str, ...]) -> dict[str, float]:
        return {title: float(len(title)) for title in titles}


TOKENS = PeerTokens("a key for tests", lambda: NOW)
