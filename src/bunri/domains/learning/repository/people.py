"""Statements about everything that is kept of one person."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update

from bunri.domains.learning import models, records
from bunri.domains.learning.repository.reviews import REVIEW, review_of
from bunri.platform.db import Repository

_Deck = models.DeckRow
_Member = models.MemberRow
_Memory = models.MemoryRow
_Review = models.ReviewRow
_Card = models.CardRow
_Media = models.MediaRow
_Reminder = models.ReminderRow
_Handover = models.ClassHandoverRow
_Notice = models.ReminderNoticeRow
_mails = models.mails
_Test = models.WeeklyTestRow


class PersonRepository(Repository):
    async def reviews_by(self, person: str, after: UUID | None, limit: int) -> list[records.Review]:
        """By their ids, those taken back too."""
        statement = select(*REVIEW).where(_Review.person == person).order_by(_Review.id).limit(limit)
        if after:
            statement = statement.where(_Review.id > after)
        return [review_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def reminders_of(self, person: str) -> list[tuple[date, str]]:
        """The days on which ``person`` was reminded, and of what kind it was."""
        statement = select(_Reminder.day, _Reminder.kind).where(_Reminder.person == person).order_by(_Reminder.day)
        return [(row.day, row.kind) for row in await self._session.execute(statement)]

    async def forget_person(self, person: str) -> None:
        """Cards that they wrote into a deck of somebody else stay, without their name; not those that nobody has
        accepted."""
        await self._session.execute(delete(_Card).where(_Card.author == person, _Card.pending))
        await self._session.execute(update(_Card).where(_Card.author == person).values(author=None))
        await self._session.execute(update(_Media).where(_Media.owner == person).values(owner=None))
        await self._session.execute(delete(_mails).where(_mails.c.data["person"].astext == person))
        await self._session.execute(delete(_Handover).where(_Handover.person == person))
        for table in (_Review, _Memory, _Member, _Reminder, _Notice, _Test):
            await self._session.execute(delete(table).where(table.person == person))
        await self._session.execute(delete(models.PersonRow).where(models.PersonRow.person == person))

    async def hand_over(self, old: str, new: str) -> Sequence[UUID]:
        """All of ``old`` is ``new``'s; returns the cards that both learned, whose memory is to be made anew."""
        theirs = select(_Memory.card_id).where(_Memory.person == new)
        both = (
            await self._session.execute(
                select(_Memory.card_id).where(_Memory.person == old, _Memory.card_id.in_(theirs))
            )
        ).scalars()
        shared = list(both)
        await self._session.execute(delete(_Memory).where(_Memory.person == old, _Memory.card_id.in_(shared)))
        await self._session.execute(update(_Memory).where(_Memory.person == old).values(person=new))
        await self._session.execute(update(_Review).where(_Review.person == old).values(person=new))
        weeks = select(_Test.week).where(_Test.person == new)
        await self._session.execute(delete(_Test).where(_Test.person == old, _Test.week.in_(weeks)))
        await self._session.execute(update(_Test).where(_Test.person == old).values(person=new))
        for role in ("owner", "editor"):  # where both are, the higher role stays
            had = select(_Member.deck_id).where(_Member.person == old, _Member.role == role)
            lower = (_Member.person == new, _Member.role != "owner", _Member.deck_id.in_(had))
            await self._session.execute(update(_Member).where(*lower).values(role=role))
        decks = select(_Member.deck_id).where(_Member.person == new)
        await self._session.execute(delete(_Member).where(_Member.person == old, _Member.deck_id.in_(decks)))
        await self._session.execute(update(_Member).where(_Member.person == old).values(person=new))
        await self._session.execute(update(_Deck).where(_Deck.owner == old).values(owner=new))
        await self._session.execute(update(_Card).where(_Card.author == old).values(author=new))
        await self._session.execute(update(_Media).where(_Media.owner == old).values(owner=new))
        await self._session.execute(update(_Handover).where(_Handover.person == old).values(person=new))
        days = select(_Reminder.day).where(_Reminder.person == new)
        for table in (_Notice, _Reminder):
            await self._session.execute(delete(table).where(table.person == old, table.day.in_(days)))
        await self._session.execute(update(_Notice).where(_Notice.person == old).values(person=new))
        await self._session.execute(update(_Reminder).where(_Reminder.person == old).values(person=new))
        known = select(models.PersonRow.person).where(models.PersonRow.person == new).exists()
        person = models.PersonRow
        await self._session.execute(update(person).where(person.person == old, ~known).values(person=new))
        await self._session.execute(delete(person).where(person.person == old))
        return shared
