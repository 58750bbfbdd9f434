"""Every SQL statement of songs."""

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from tests.app.toy.songs.models import SongRow
from tests.app.toy.songs.public import Song

from bunri.platform.db import Repository


class SongsRepository(Repository):
    async def add(self, song: Song) -> bool:
        """False when somebody sings it already."""
        statement = insert(SongRow).values(title=song.title, singer=song.singer).on_conflict_do_nothing()
        return (await self._session.execute(statement.returning(SongRow.title))).scalar_one_or_none() is not None

    async def of(self, singer: str) -> list[Song]:
        rows = await self._session.execute(select(SongRow).where(SongRow.singer == singer).order_by(SongRow.title))
        return [Song(title=row.title, singer=row.singer) for row in rows.scalars()]

    async def remove_of(self, singer: str) -> None:
        await self._session.execute(delete(SongRow).where(SongRow.singer == singer))

    async def hand_over(self, old: str, new: str) -> None:
        await self._session.execute(update(SongRow).where(SongRow.singer == old).values(singer=new))
