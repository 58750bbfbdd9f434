"""Statements about who is in a room, and up to where they have read."""

from dataclasses import asdict
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Integer, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.chat import models, records
from bunri.domains.chat.repository.rooms import MEMBER, member_of
from bunri.platform.db import Repository

_Member = models.MemberRow
_MEMBERS: Final = cast("Table", _Member.__table__)
_READERS: Final = (  # made once, because each page of messages tells of them
    select(_MEMBERS.c.person, _MEMBERS.c.read_seq)
    .where(_MEMBERS.c.room_id == bindparam("room"), _MEMBERS.c.read_seq >= bindparam("seq"))
    .order_by(_MEMBERS.c.read_seq.desc())
    .limit(bindparam("most", type_=Integer))
)


class MemberRepository(Repository):
    async def add_member(self, member: records.Member) -> bool:
        """False for who is one already."""
        statement = insert(_Member).values(asdict(member)).on_conflict_do_nothing().returning(_Member.person)
        return (await self._session.execute(statement)).first() is not None

    async def remove_member(self, room_id: UUID, person: str) -> bool:
        gone = delete(_Member).where(_Member.room_id == room_id, _Member.person == person).returning(_Member.person)
        return (await self._session.execute(gone)).first() is not None

    async def change_member(self, room_id: UUID, person: str, **values: Any) -> bool:
        where = (_Member.room_id == room_id, _Member.person == person)
        return (
            await self._session.execute(update(_Member).where(*where).values(values).returning(_Member.person))
        ).first() is not None

    async def members_of(self, room_id: UUID, *, after: str = "", limit: int = 200) -> list[records.Member]:
        where = (_Member.room_id == room_id, _Member.person > after)
        rows = await self._session.execute(select(*MEMBER).where(*where).order_by(_Member.person).limit(limit))
        return [member_of(row) for row in rows]

    async def count_members(self, room_id: UUID) -> int:
        counted = select(func.count()).select_from(_Member).where(_Member.room_id == room_id)
        return (await self._session.execute(counted)).scalar_one()

    async def member_ids(self, room_id: UUID, among: list[str]) -> set[str]:
        """Those of ``among`` who are in the room."""
        where = (_Member.room_id == room_id, _Member.person.in_(among))
        return set((await self._session.execute(select(_Member.person).where(*where))).scalars())

    async def names_of(self, room_id: UUID, people: list[str]) -> list[tuple[str, str]]:
        """Those of ``people`` who are in the room, with their names."""
        where = (_Member.room_id == room_id, _Member.person.in_(people))
        rows = await self._session.execute(select(_Member.person, _Member.name).where(*where).order_by(_Member.person))
        return [(person, name) for person, name in rows]

    async def readers_of(self, room_id: UUID, seq: int, limit: int) -> list[tuple[str, int]]:
        """Who has read up to ``seq`` at least, and up to where; those who read the most first."""
        said = {"room": room_id, "seq": seq, "most": limit}
        rows = await self._session.execute(_READERS, said)
        return [(person, read) for person, read in rows]

    async def read_up_to(self, room_id: UUID, person: str, seq: int, *, backwards: bool = False) -> int | None:
        """Up to where the person has read now; None for no member, or where it changes nothing. A mark moves forward,
        and back only when asked to, never beyond the newest message."""
        newest = select(models.RoomRow.last_seq).where(models.RoomRow.id == room_id).scalar_subquery()
        to = func.least(seq, newest)
        where = [_Member.room_id == room_id, _Member.person == person]
        where.append(_Member.read_seq != to if backwards else _Member.read_seq < to)
        statement = update(_Member).where(*where).values(read_seq=to).returning(_Member.read_seq)
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def oldest_member(self, room_id: UUID, but: str) -> records.Member | None:
        """Who would be its owner next: a moderator before others, who came first before those who came later."""
        where = (_Member.room_id == room_id, _Member.person != but)
        order = (_Member.role.desc(), _Member.joined_at)  # 'moderator' > 'member'
        row = (await self._session.execute(select(*MEMBER).where(*where).order_by(*order).limit(1))).one_or_none()
        return member_of(row) if row else None

    async def rooms_of(self, person: str) -> list[UUID]:
        return list((await self._session.execute(select(_Member.room_id).where(_Member.person == person))).scalars())

    async def count_rooms_of(self, person: str) -> int:
        counted = select(func.count()).select_from(_Member).where(_Member.person == person)
        return (await self._session.execute(counted)).scalar_one()

    async def hand_over_members(self, old: str, new: str) -> None:
        """Where both are, the older joining and the higher read mark stay."""
        theirs = {each.room_id: each for each in await self._members_of(old)}
        for ours in await self._members_of(new):
            if other := theirs.get(ours.room_id):
                await self.remove_member(other.room_id, old)
                await self.change_member(
                    ours.room_id,
                    new,
                    joined_at=min(ours.joined_at, other.joined_at),
                    read_seq=max(ours.read_seq, other.read_seq),
                    role=max(ours.role, other.role),  # owner > moderator > member, as words too
                )
        await self._session.execute(update(_Member).where(_Member.person == old).values(person=new))

    async def _members_of(self, person: str) -> list[records.Member]:
        rows = await self._session.execute(select(*MEMBER).where(_Member.person == person).order_by(_Member.room_id))
        return [member_of(row) for row in rows]
