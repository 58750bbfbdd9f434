"""Statements about classes."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, tuple_, update

from bunri.domains.learning import models, records
from bunri.domains.learning.classes import Progress, SchoolClass
from bunri.domains.learning.repository.cards import CARD, card_of
from bunri.domains.learning.repository.decks import DECK, deck_of
from bunri.platform.db import Repository

_Class = models.ClassRow
_Deck = models.DeckRow
_Member = models.MemberRow
_Card = models.CardRow
_Leave = models.RoomToLeaveRow
CLASS: Final = tuple(_Class.__table__.columns)

_PROGRESS: Final = text(
    """
    select member.person, member.name, member.joined_at,
        coalesce(memory.cards, 0) as cards, coalesce(memory.begun, 0) as begun, coalesce(memory.known, 0) as known,
        coalesce(log.week, 0) as week, coalesce(log.right_ones, 0) as right_ones, memory.last_day
    from learning.members as member
    left join (
        select person, count(*) as cards, count(*) filter (where state <> 0) as begun,
            count(*) filter (where state = 2 and interval >= 21) as known, max(last_day) as last_day
        from learning.memories where deck_id = :deck group by person
    ) as memory on memory.person = member.person
    left join (
        select review.person, count(*) as week, count(*) filter (where review.rating > 1) as right_ones
        from learning.reviews as review
        join learning.cards as card on card.id = review.card_id
        where card.deck_id = :deck and review.kind = 'review' and review.undone_at is null and review.day >= :since
        group by review.person
    ) as log on log.person = member.person
    where member.deck_id = :deck and member.role <> 'owner'
    order by member.name, member.person
    """
)


class PlaceInClass(NamedTuple):
    """Somebody's place in a class. ``waiting``: suggestions that its teacher has not looked at."""

    school_class: SchoolClass
    deck: records.Deck
    member: records.Member
    pupils: int
    waiting: int


class RoomToLeave(NamedTuple):
    """An empty ``person``: the class is over."""

    class_id: UUID
    person: str
    noted_at: datetime


def class_of(row: Any) -> SchoolClass:
    """From a mapping of CLASS."""
    return SchoolClass(**row)


class ClassRepository(Repository):
    async def add_class(self, school_class: SchoolClass) -> None:
        await self._session.execute(insert(_Class).values(asdict(school_class)))

    async def change_class(self, class_id: UUID, **values: Any) -> None:
        await self._session.execute(update(_Class).where(_Class.id == class_id).values(values))

    async def school_class(self, class_id: UUID) -> SchoolClass | None:
        return await self._one(_Class.id == class_id)

    async def class_of_code(self, code: str) -> SchoolClass | None:
        return await self._one(_Class.code == code)

    async def _one(self, where: Any) -> SchoolClass | None:
        row = (await self._session.execute(select(*CLASS).where(where))).mappings().one_or_none()
        return class_of(row) if row else None

    async def classes_of(self, person: str) -> list[PlaceInClass]:
        """Those that ``person`` teaches or is in, the newest first."""
        other = _Member.__table__.alias("other")
        pupils = select(func.count()).where(other.c.deck_id == _Deck.id, other.c.role != "owner").scalar_subquery()
        waiting = select(func.count()).where(_Card.deck_id == _Deck.id, _Card.pending).scalar_subquery()
        member = tuple(_Member.__table__.columns)
        statement = (
            select(
                *(column.label(f"class_{column.key}") for column in CLASS),
                *(column.label(f"deck_{column.key}") for column in DECK),
                *(column.label(f"member_{column.key}") for column in member),
                pupils.label("pupils"),
                waiting.label("waiting"),
            )
            .join(_Deck, _Deck.id == _Class.deck_id)
            .join(_Member, _Member.deck_id == _Deck.id)
            .where(_Member.person == person)
            .order_by(_Class.created_at.desc())
        )
        return [_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def claim_class_over(self, day: date) -> SchoolClass | None:
        """One whose last day was before ``day``, and that nobody else is just removing."""
        statement = select(*CLASS).where(_Class.ends_on < day).order_by(_Class.ends_on).limit(1)
        found = await self._session.execute(statement.with_for_update(skip_locked=True))
        row = found.mappings().one_or_none()
        return class_of(row) if row else None

    async def progress(self, deck_id: UUID, since: date) -> list[Progress]:
        """Of each pupil; reviews are counted from ``since`` on."""
        rows = await self._session.execute(_PROGRESS, {"deck": deck_id, "since": since})
        return [Progress(*row) for row in rows]

    # ── what pupils suggest ───────────────────────────────────────────────────────────────────────────────────────

    async def accept_suggestion(self, card_id: UUID) -> bool:
        """It is one of the deck's cards; False where it was already, or somebody else was quicker."""
        statement = update(_Card).where(_Card.id == card_id, _Card.pending).values(pending=False).returning(_Card.id)
        return (await self._session.execute(statement)).first() is not None

    async def remove_suggestion(self, card_id: UUID) -> None:
        """It is gone, and may be suggested again."""
        await self._session.execute(delete(_Card).where(_Card.id == card_id, _Card.pending))

    async def suggestions(self, deck_id: UUID, limit: int) -> list[tuple[records.Card, str]]:
        """Cards that wait for the teacher, with the nicknames of who suggested them, the oldest first."""
        by = (_Member.deck_id == _Card.deck_id) & (_Member.person == _Card.author)
        statement = select(*CARD, func.coalesce(_Member.name, "")).outerjoin(_Member, by)
        statement = statement.where(_Card.deck_id == deck_id, _Card.pending).order_by(_Card.id).limit(limit)
        return [(card_of(values), nickname) for *values, nickname in await self._session.execute(statement)]

    async def suggestions_by(self, person: str) -> list[records.Card]:
        """What waits of ``person``, in all classes."""
        statement = select(*CARD).where(_Card.author == person, _Card.pending).order_by(_Card.id)
        return [card_of(row) for row in await self._session.execute(statement)]

    async def count_suggestions(self, deck_id: UUID, person: str) -> int:
        statement = select(func.count()).where(_Card.deck_id == deck_id, _Card.author == person, _Card.pending)
        return (await self._session.execute(statement)).scalar_one()

    # ── rooms of the chat that somebody is to leave ───────────────────────────────────────────────────────────────

    async def rooms_to_leave(self, class_id: UUID | None, after: RoomToLeave | None, limit: int) -> list[RoomToLeave]:
        """Of one class or of all."""
        key = (_Leave.class_id, _Leave.person)
        statement = select(*key, _Leave.noted_at).order_by(*key).limit(limit)
        if class_id:
            statement = statement.where(_Leave.class_id == class_id)
        if after:
            statement = statement.where(tuple_(*key) > (after.class_id, after.person))
        return [RoomToLeave(*row) for row in await self._session.execute(statement)]

    async def left_room(self, one: RoomToLeave) -> None:
        """Chat knows it; who has come back and left once more since is to be told of again."""
        where = (_Leave.class_id == one.class_id, _Leave.person == one.person, _Leave.noted_at == one.noted_at)
        await self._session.execute(delete(_Leave).where(*where))


def _of(row: Any) -> PlaceInClass:
    part = {
        name: {key.removeprefix(f"{name}_"): value for key, value in row.items() if key.startswith(f"{name}_")}
        for name in ("class", "deck", "member")
    }
    member = records.Member(**{**part["member"], "role": records.Role(part["member"]["role"])})
    return PlaceInClass(class_of(part["class"]), deck_of(part["deck"]), member, row["pupils"], row["waiting"])
