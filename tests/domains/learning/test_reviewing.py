"""Reviews: in order, once, taken back, from two devices at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards
from tests.support.clockwork import Clockwork

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import CardMissing, NotTheNewest, ReviewIdTaken, ReviewMissing
from bunri.domains.learning.models import MemoryRow, ReviewRow
from bunri.domains.learning.schedule import State
from bunri.domains.learning.schemas import BatchIn, BatchReview, RatingName, ReviewIn
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.kit.ids import new_id

GOOD, AGAIN, EASY = RatingName.GOOD, RatingName.AGAIN, RatingName.EASY


def said(rating: RatingName = GOOD, **more: Any) -> ReviewIn:
    return ReviewIn(id=new_id(), rating=rating, **more)


async def memory_of(sessions: Sessions, person: str, card_id: UUID) -> tuple[Any, ...]:
    async with sessions("learning") as session:
        row = await session.get(MemoryRow, (person, card_id))
    assert row is not None
    return tuple(getattr(row, column.key) for column in MemoryRow.__table__.columns)


class TestReview:
    async def test_a_new_card_comes_back_after_its_steps(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        [card] = await new_cards(one)
        due = await reviewing.due(one, None, 50, BASE_URL)
        assert (due.counts.new, due.counts.learning, due.counts.review) == (1, 0, 0)
        shown = due.cards[0].preview
        assert (shown.again, shown.hard, shown.good) == ("PT1M", "PT330S", "PT10M")
        assert shown.easy in {"P6D", "P7D", "P8D", "P9D", "P10D"}  # 8 days, and the fuzz of this card
        first = await reviewing.review(one, card, said(), BASE_URL)
        assert first.card.state == State.LEARNING
        assert first.card.due_at == clock() + timedelta(minutes=10)
        clock.move(minutes=10)
        second = await reviewing.review(one, card, said(), BASE_URL)
        assert second.card.state == State.REVIEW
        assert second.card.due_day == due.day + timedelta(days=2)
        assert (await reviewing.due(one, None, 50, BASE_URL)).cards == []
        clock.move(days=2)
        assert [each.id for each in (await reviewing.due(one, None, 50, BASE_URL)).cards] == [card]

    async def test_what_is_shown_before_is_what_comes(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        [card] = await new_cards(one)
        for _ in range(8):
            due = await reviewing.due(one, None, 50, BASE_URL)
            after = (await reviewing.review(one, card, said(), BASE_URL)).card
            days = (after.due_day - due.day).days if after.due_day else 0
            assert due.cards[0].preview.good == (f"P{days}D" if days else "PT10M")
            clock.move(days=days, minutes=0 if days else 10)

    async def test_the_same_id_twice_is_once(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, session_of: Sessions
    ) -> None:
        [card] = await new_cards(one)
        same = said()
        await reviewing.review(one, card, same, BASE_URL)
        before = await memory_of(session_of, one.id, card)
        again = await reviewing.review(one, card, same, BASE_URL)
        assert again.id == same.id
        assert await memory_of(session_of, one.id, card) == before

    async def test_an_id_belongs_to_one_card_and_one_person(
        self, reviewing: Reviewing, one: Caller, other: Caller, new_cards: NewCards
    ) -> None:
        cards, theirs = await new_cards(one, 2), await new_cards(other)
        same = said()
        await reviewing.review(one, cards[0], same, BASE_URL)
        with pytest.raises(ReviewIdTaken):
            await reviewing.review(one, cards[1], same, BASE_URL)
        with pytest.raises(ReviewIdTaken):
            await reviewing.review(other, theirs[0], same, BASE_URL)

    async def test_a_card_of_somebody_else_is_missing(
        self, reviewing: Reviewing, one: Caller, other: Caller, new_cards: NewCards
    ) -> None:
        [card] = await new_cards(one)
        with pytest.raises(CardMissing):
            await reviewing.review(other, card, said(), BASE_URL)

    async def test_a_time_to_come_is_now(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        [card] = await new_cards(one)
        late = said(EASY, reviewed_at=clock() + timedelta(days=400))
        after = (await reviewing.review(one, card, late, BASE_URL)).card
        assert after.due_day
        assert after.due_day <= (await reviewing.due(one, None, 1, BASE_URL)).day + timedelta(days=10)


class TestOverruling:
    async def test_the_schedule_follows_the_person(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, session_of: Sessions, clock: Clockwork
    ) -> None:
        first, second = await new_cards(one, 2)
        wrong = said(AGAIN)
        await reviewing.review(one, first, wrong, BASE_URL)
        at = clock()
        await reviewing.overrule(one, wrong.id, EASY, BASE_URL)
        await reviewing.review(one, second, said(EASY, reviewed_at=at), BASE_URL)
        one_, two = [await memory_of(session_of, one.id, card) for card in (first, second)]
        keys = [column.key for column in MemoryRow.__table__.columns]
        same = {"state", "stability", "difficulty", "last_day", "reviews", "lapses"}
        assert {key: value for key, value in zip(keys, one_, strict=True) if key in same} == {
            key: value for key, value in zip(keys, two, strict=True) if key in same
        }

    async def test_nobody_overrules_for_another(
        self, reviewing: Reviewing, one: Caller, other: Caller, new_cards: NewCards
    ) -> None:
        [card] = await new_cards(one)
        mine = said()
        await reviewing.review(one, card, mine, BASE_URL)
        with pytest.raises(ReviewMissing):
            await reviewing.overrule(other, mine.id, EASY, BASE_URL)
        with pytest.raises(ReviewMissing):
            await reviewing.undo(other, mine.id)


class TestUndo:
    async def test_everything_is_as_before(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, session_of: Sessions, clock: Clockwork
    ) -> None:
        [card] = await new_cards(one)
        for days in (0, 0, 2):
            clock.move(days=days, minutes=11)
            await reviewing.review(one, card, said(), BASE_URL)
        clock.move(days=20)
        before = await memory_of(session_of, one.id, card), await reviewing.due(one, None, 50, BASE_URL)
        last = said(AGAIN)
        await reviewing.review(one, card, last, BASE_URL)
        assert (await reviewing.due(one, None, 50, BASE_URL)).counts != before[1].counts
        await reviewing.undo(one, last.id)
        await reviewing.undo(one, last.id)
        assert (await memory_of(session_of, one.id, card), await reviewing.due(one, None, 50, BASE_URL)) == before

    async def test_only_the_newest(self, reviewing: Reviewing, one: Caller, new_cards: NewCards) -> None:
        first, second = await new_cards(one, 2)
        older = said()
        await reviewing.review(one, first, older, BASE_URL)
        await reviewing.review(one, second, said(), BASE_URL)
        with pytest.raises(NotTheNewest):
            await reviewing.undo(one, older.id)


class TestWithoutANetwork:
    """learning.md § 4, rows 6 and 7."""

    async def test_150_reviews_sent_twice_at_once_are_kept_once(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, session_of: Sessions, clock: Clockwork
    ) -> None:
        cards = await new_cards(one, 15)
        since = clock()
        clock.move(days=3)
        batch = [
            BatchReview(id=new_id(), card_id=card, rating=GOOD, reviewed_at=since + timedelta(hours=5 * number))
            for number in range(10)
            for card in cards
        ]
        answers = await asyncio.gather(
            reviewing.batch(one, BatchIn(reviews=batch)), reviewing.batch(one, BatchIn(reviews=batch[::-1]))
        )
        statuses = [[each.status for each in answer.results] for answer in answers]
        assert sorted(statuses) == [["kept"] * 150, ["known"] * 150]
        assert await _times(session_of, one.id, cards[0]) == [
            each.reviewed_at for each in batch if each.card_id == cards[0]
        ]

    async def test_two_devices_keep_both_rows_and_agree_with_their_times(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, session_of: Sessions, clock: Clockwork
    ) -> None:
        first, second = await new_cards(one, 2)
        start = clock()
        clock.move(days=1)
        times = [start + timedelta(minutes=11 * number) for number in range(4)]
        for card, order in ((first, (1, 3, 0, 2)), (second, (0, 1, 2, 3))):
            for number in order:
                sent = BatchReview(id=new_id(), card_id=card, rating=GOOD, reviewed_at=times[number])
                await reviewing.batch(one, BatchIn(reviews=[sent]))
        memories = [
            dict(zip(_KEYS, await memory_of(session_of, one.id, card), strict=True)) for card in (first, second)
        ]
        for memory in memories:
            for key in ("card_id", "note_id", "position", "due_day", "interval"):  # the fuzz is each card's own
                del memory[key]
        assert memories[0] == memories[1]
        assert memories[0]["reviews"] == 4

    async def test_what_cannot_be_kept_is_told_and_the_rest_is_kept(
        self, reviewing: Reviewing, one: Caller, other: Caller, new_cards: NewCards
    ) -> None:
        [mine], [theirs] = await new_cards(one), await new_cards(other)
        batch = [BatchReview(id=new_id(), card_id=card, rating=GOOD) for card in (theirs, mine, new_id())]
        results = {each.id: each.status for each in (await reviewing.batch(one, BatchIn(reviews=batch))).results}
        assert [results[each.id] for each in batch] == ["card_missing", "kept", "card_missing"]


_KEYS = [column.key for column in MemoryRow.__table__.columns]


async def _times(sessions: Sessions, person: str, card_id: UUID) -> Sequence[Any]:
    from sqlalchemy import select

    async with sessions("learning") as session:
        rows = await session.execute(
            select(ReviewRow.reviewed_at)
            .where(ReviewRow.person == person, ReviewRow.card_id == card_id)
            .order_by(ReviewRow.reviewed_at)
        )
    return list(rows.scalars())
