"""Use cases of songs."""

from typing import TYPE_CHECKING

from pydantic import BaseModel
from tests.app.toy.songs.errors import SongKnown
from tests.app.toy.songs.public import Song, SongsPublic
from tests.app.toy.songs.repository import SongsRepository

from bunri.domains.auth.public import Caller
from bunri.domains.waste.public import AnalysisDone
from bunri.kit.languages import text
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction
from bunri.platform.realtime import Emitter, user_room


class SongIn(BaseModel):
    title: str


class SongsService:
    def __init__(self, transaction: Transaction[SongsRepository], emitter: Emitter) -> None:
        self._transaction = transaction
        self._emitter = emitter

    async def of(self, singer: str) -> list[Song]:
        async with self._transaction() as repository:
            return await repository.of(singer)

    async def sing(self, caller: Caller, song: SongIn) -> dict[str, str]:
        async with self._transaction() as repository:
            if not await repository.add(Song(title=song.title, singer=caller.id)):
                raise SongKnown(title=song.title)
            pushed = {"title": song.title}
            repository.after_commit(lambda: self._emitter.emit("sung", pushed, room=user_room(caller.id)))
        return {"title": song.title}

    async def thank(self, done: AnalysisDone) -> None:
        """Once more does no harm."""
        async with self._transaction() as repository:
            await repository.add(Song(title=text("songs.thanks", "en", title=str(done.job_id)), singer=done.owner))

    async def export(self, owner: str) -> PersonalData:
        return PersonalData({"songs": [song.title for song in await self.of(owner)]})

    async def erase(self, owner: str) -> None:
        async with self._transaction() as repository:
            await repository.remove_of(owner)

    async def upgrade(self, old: str, new: str) -> None:
        async with self._transaction() as repository:
            await repository.hand_over(old, new)


if TYPE_CHECKING:
    _: type[SongsPublic] = SongsService
