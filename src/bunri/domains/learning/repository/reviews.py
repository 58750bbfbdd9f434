"""Statements about the log of reviews."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from fsrs import Rating
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from bunri.domains.learning import models, records
from bunri.domains.learning.schedule import Happened
from bunri.platform.db import Repository

_Review = models.ReviewRow
_REVIEWS: Final = cast("Table", _Review.__table__)
REVIEW: Final = tuple(_REVIEWS.columns)
# Made once, because every review needs them.
_ADD: Final = insert(_REVIEWS).on_conflict_do_nothing().returning(_REVIEWS.c.id)
_BY_ID: Final = select(_REVIEWS).where(_REVIEWS.c.id == func.any(bindparam("ids", type_=ARRAY(_REVIEWS.c.id.type))))


def review_of(row: Any) -> records.Review:
    """From a mapping of REVIEW."""
    return records.Review(**{**row, "kind": Happened(row["kind"])})


class ReviewRepository(Repository):
    async def add_reviews(self, reviews: Sequence[records.Review]) -> set[UUID]:
        """The ids of those that were not there."""
        if not reviews:
            return set()
        values = [{**asdict(each), "kind": str(each.kind)} for each in reviews]
        # A list, also of one, takes SQLAlchemy longer than PostgreSQL.
        return set((await self._session.execute(_ADD, values[0] if len(values) == 1 else values)).scalars())

    async def review(self, review_id: UUID) -> records.Review | None:
        row = (await self._session.execute(select(*REVIEW).where(_Review.id == review_id))).mappings().one_or_none()
        return review_of(row) if row else None

    async def reviews_by_id(self, ids: Sequence[UUID]) -> dict[UUID, records.Review]:
        rows = (await self._session.execute(_BY_ID, {"ids": list(ids)})).mappings()
        return {row["id"]: review_of(row) for row in rows}

    async def change_review(self, review_id: UUID, **values: Any) -> None:
        await self._session.execute(update(_Review).where(_Review.id == review_id).values(values))

    async def log_of(self, person: str, card_id: UUID) -> list[records.Review]:
        """What moved the card, in the order of its times; without what was taken back."""
        statement = (
            select(*REVIEW)
            .where(_Review.person == person, _Review.card_id == card_id, _Review.undone_at.is_(None))
            .order_by(_Review.reviewed_at, _Review.id)
        )
        return [review_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def newest_review(self, person: str) -> records.Review | None:
        """The one that was received last, without what was taken back."""
        statement = (
            select(*REVIEW)
            .where(_Review.person == person, _Review.undone_at.is_(None), _Review.kind == str(Happened.REVIEW))
            .order_by(_Review.received_at.desc(), _Review.id.desc())
            .limit(1)
        )
        row = (await self._session.execute(statement)).mappings().one_or_none()
        return review_of(row) if row else None

    async def reviews_between(self, person: str, since: datetime, until: datetime) -> list[records.Review]:
        """By the time when they happened."""
        statement = (
            select(*REVIEW)
            .where(
                _Review.person == person,
                _Review.reviewed_at >= since,
                _Review.reviewed_at < until,
                _Review.undone_at.is_(None),
            )
            .order_by(_Review.reviewed_at, _Review.id)
        )
        return [review_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def grader_agreement(self, since: datetime) -> list[records.Agreement]:
        """By who graded: what people made of the grades of answers that came since then. Reviews that were taken back
        do not count."""
        grade = _Review.grade
        by, said = grade["by"].astext, grade["rating"].astext
        overruled = grade["overruled"].astext == "true"
        same = (said == "again") == (_Review.rating == int(Rating.Again))
        statement = (
            select(
                by,
                func.count(),
                func.count().filter(overruled),
                func.count().filter(overruled, same),
            )
            .where(by.is_not(None), _Review.received_at >= since, _Review.undone_at.is_(None))
            .group_by(by)
            .order_by(by)
        )
        return [records.Agreement(*row) for row in await self._session.execute(statement)]
