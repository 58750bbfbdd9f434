"""The queue: one statement says what is asked and how much of it there is."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from fsrs import Rating
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewCards
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning import models
from bunri.domains.learning.records import Learner, Part, Queued
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.repository.memories import memory_of
from bunri.domains.learning.schedule import Entry, Happened, Memory, State, after, retrievability
from bunri.domains.learning.schemas import BatchIn, BatchReview, CardIn, Counts, DeckIn, RatingName, ReviewIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.reviewing import Reviewing, counts
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY: Final = date(2026, 11, 20)
DECKS: Final = (UUID(int=1), UUID(int=2))
MATERIALS: Final = ("pet", "glass")
ORDER: Final = {Part.STEP: 1, Part.DUE: 2, Part.NEW: 3, Part.SOON: 4}


def days(number: int) -> timedelta:
    return timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Given:
    """A row of ``memories``."""

    number: int
    deck: int
    note: int
    material: str | None
    memory: Memory
    suspended: bool = False

    @property
    def id(self) -> UUID:
        return UUID(int=1000 + self.number)


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    state = draw(st.sampled_from([State.NEW, State.NEW, State.LEARNING, State.RELEARNING, *[State.REVIEW] * 4]))
    if state == State.NEW:
        return Memory()
    ago = draw(st.sampled_from([0, 0, 1, 2, 9, 30, 200]))
    first = TODAY - days(ago + draw(st.sampled_from([0, 0, 1, 50])))
    last = TODAY - days(ago)
    known = Memory(state, None, draw(st.floats(0.01, 300)), 5.0, first_day=first, last_day=last, last_at=NOW, reviews=3)
    if state == State.REVIEW:
        interval = max(1, draw(st.sampled_from([1, 2, 9, 10, 40, 300])))
        return replace(known, due_day=last + days(interval), interval=interval)
    return replace(known, step=0, due_at=NOW + timedelta(minutes=draw(st.sampled_from([-900, -5, 0, 10, 19, 25]))))


@st.composite
def collections(draw: st.DrawFn) -> list[Given]:
    """Up to sixteen cards of two decks, of few notes."""
    return [
        Given(
            number,
            draw(st.integers(0, 1)),
            draw(st.integers(0, 7)),
            draw(st.sampled_from([None, *MATERIALS])),
            draw(memories()),
            draw(st.sampled_from([False, False, False, True])),
        )
        for number in range(draw(st.integers(0, 16)))
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a queue is asked with."""

    new_a_day: int
    reviews_a_day: int
    evening_of: tuple[str, ...] = ()
    deck: int | None = None


asked = st.builds(
    Asked,
    st.integers(0, 6),
    st.integers(0, 8),
    st.sampled_from([(), MATERIALS[:1], MATERIALS]),
    st.sampled_from([None, 0, 1]),
)


# ── the same in Python ────────────────────────────────────────────────────────────────────────────────────────────────


def expected(given: Sequence[Given], how: Asked) -> list[tuple[UUID, Part]]:
    """What the statement shall answer, said slowly."""
    seen = [one for one in given if one.memory.last_day and one.memory.last_day >= TODAY]
    found: list[tuple[Part, float, Given]] = []
    for one in given:
        part, memory = _part(one, how), one.memory
        if part in {Part.STEP, Part.SOON} and memory.due_at:
            found.append((part, memory.due_at.timestamp(), one))
        elif part == Part.DUE and memory.last_day and memory.stability:
            found.append((part, -(TODAY - memory.last_day).days / memory.stability, one))
        elif part == Part.NEW:
            found.append((part, float(one.number), one))
    found.sort(key=lambda each: (ORDER[each[0]] if each[0] != Part.NEW else 5, each[1], each[2].id))
    notes: set[int] = set()
    apart: list[tuple[Part, float, Given]] = []
    for part, place, one in found:
        is_step_of_today = part != Part.DUE and one in seen
        if any(other.note == one.note and other.number != one.number for other in seen) and not is_step_of_today:
            continue
        if one.note not in notes or is_step_of_today:
            apart.append((part, place, one))
        notes.add(one.note)
    left = [one for part, _, one in apart if part in {Part.STEP, Part.SOON} and one not in seen]
    known = [one for one in seen if one.memory.first_day and one.memory.first_day < TODAY]
    room = {
        Part.DUE: max(0, how.reviews_a_day - len(known) - len(left)),
        Part.NEW: max(0, how.new_a_day - (len(seen) - len(known))),
    }
    apart.sort(key=lambda each: (ORDER[each[0]], each[1], each[2].id))
    parts = {part: [one.id for each, _, one in apart if each == part] for part in ORDER}
    return [(card_id, part) for part in ORDER for card_id in parts[part][: room.get(part)]]


def _part(one: Given, how: Asked) -> Part | None:
    memory = one.memory
    if one.suspended or (how.deck is not None and one.deck != how.deck):
        return None
    if memory.state == State.NEW:
        return Part.NEW
    if memory.due_at:
        late = memory.due_at - NOW
        return Part.STEP if late <= timedelta(0) else Part.SOON if late <= timedelta(minutes=20) else None
    assert memory.due_day
    assert memory.last_day
    early = (memory.due_day - TODAY).days
    evening = one.material in how.evening_of and early <= memory.interval // 10 and memory.last_day < TODAY
    return Part.DUE if early <= 0 or evening else None


# ── in PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Table:
    """The rows of one person, in a transaction that is taken back."""

    def __init__(self, session: AsyncSession, person: str) -> None:
        self._session = session
        self._repository = LearningRepository(session)
        self._person = person

    async def fill(self, given: Sequence[Given]) -> None:
        await self._session.execute(delete(models.MemoryRow).where(models.MemoryRow.person == self._person))
        if given:
            await self._session.execute(insert(models.MemoryRow), [self._row(one) for one in given])

    def _row(self, one: Given) -> dict[str, Any]:
        memory = {name: getattr(one.memory, name) for name in Memory.__dataclass_fields__}
        return {
            **{**memory, "state": int(one.memory.state)},
            "person": self._person,
            "card_id": one.id,
            "deck_id": DECKS[one.deck],
            "note_id": UUID(int=2000 + one.note),
            "material": one.material,
            "position": one.number,
            "suspended": one.suspended,
        }

    async def queue(self, how: Asked) -> list[Queued]:
        learner = Learner(self._person, NOW, new_a_day=how.new_a_day, reviews_a_day=how.reviews_a_day)
        assert learner.day(NOW) == TODAY
        deck = None if how.deck is None else DECKS[how.deck]
        return await self._repository.queue(learner, NOW, how.evening_of, deck)

    async def press(self, card_id: UUID, rating: Rating) -> None:
        where = (models.MemoryRow.person == self._person, models.MemoryRow.card_id == card_id)
        row = (await self._session.execute(select(*models.MemoryRow.__table__.columns).where(*where))).mappings().one()
        then = after(memory_of(row), Entry(Happened.REVIEW, rating, NOW, TODAY), card_id)
        await self._repository.save_memory(self._person, card_id, then)


@pytest.fixture
async def table(session_of: Sessions) -> AsyncIterator[Table]:
    async with session_of("learning") as session:
        values = {"name": "d", "description": "", "language": "ko", "kind": "own", "owner": "o"}
        times = {"created_at": NOW, "updated_at": NOW}
        await session.execute(insert(models.DeckRow), [{"id": deck, **values, **times} for deck in DECKS])
        lists: dict[str, Any] = {key: [] for key in ("choices", "accepted", "tags", "media", "grams", "initials")}
        words = {"kind": "flip", "front": "f", "back": "b", "origin": "written", "edited": False, **lists}
        cards = [
            {"id": UUID(int=1000 + n), "deck_id": DECKS[0], "note_id": UUID(int=n), "position": n, **words, **times}
            for n in range(40)
        ]
        await session.execute(insert(models.CardRow), cards)
        yield Table(session, "somebody")


_ONE_TABLE: Final = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # ``fill`` empties it


class TestAnyMix:
    """learning.md § 4, row 12: of caps, siblings, suspended cards, steps, evenings and decks."""

    @_ONE_TABLE
    @given(given=collections(), how=asked)
    async def test_it_is_what_is_said_slowly(self, table: Table, given: list[Given], how: Asked) -> None:
        await table.fill(given)
        assert [(each.card_id, each.part) for each in await table.queue(how)] == expected(given, how)

    @_ONE_TABLE
    @given(given=collections(), how=asked)
    async def test_as_many_are_counted_as_are_asked_in_the_end(
        self, table: Table, given: list[Given], how: Asked
    ) -> None:
        await table.fill(given)
        queue = await table.queue(how)
        shown, served = counts(queue), list[Part]()
        while queue:
            served.append(queue[0].part)
            await table.press(queue[0].card_id, Rating.Easy)
            before, queue = queue, await table.queue(how)
            assert [each.card_id for each in queue] == [each.card_id for each in before[1:]]
        assert counts([Queued(UUID(int=0), part, 0) for part in served]) == shown
        assert min(shown.new, shown.learning, shown.review) >= 0

    @_ONE_TABLE
    @given(given=collections(), how=asked, pressed=st.lists(st.sampled_from(list(Rating)), min_size=1, max_size=30))
    async def test_no_two_of_a_note_on_one_day_and_no_more_than_the_caps(
        self, table: Table, given: list[Given], how: Asked, pressed: list[Rating]
    ) -> None:
        await table.fill(given)
        notes = {one.id: one.note for one in given}
        before = {one.id for one in given if one.memory.last_day and one.memory.last_day >= TODAY}
        asked_of: dict[int, set[UUID]] = {}
        fresh: set[UUID] = set()
        for rating in pressed:
            queue = await table.queue(how)
            if not queue:
                break
            first = queue[0]
            asked_of.setdefault(notes[first.card_id], set()).add(first.card_id)
            fresh |= {first.card_id} if first.part == Part.NEW else set()
            await table.press(first.card_id, rating)
        for cards in asked_of.values():
            assert len(cards - before) <= 1
        assert len(fresh) <= how.new_a_day


class TestOrder:
    async def test_what_is_likeliest_forgotten_comes_first(self, table: Table) -> None:
        shuffled = random.Random(1)
        given = []
        for number in range(30):
            ago = shuffled.randint(10, 200)
            memory = Memory(
                State.REVIEW,
                stability=shuffled.uniform(0.5, 90),
                difficulty=5.0,
                due_day=TODAY - days(1),
                first_day=TODAY - days(ago),
                last_day=TODAY - days(ago),
                interval=ago - 1,
            )
            given.append(Given(number, 0, number, None, memory))
        await table.fill(given)
        memory_by_id = {one.id: one.memory for one in given}
        found = [retrievability(memory_by_id[each.card_id], TODAY) for each in await table.queue(Asked(10, 60))]
        assert len(found) == 30
        assert found == sorted(found, key=lambda known: known or 0)

    async def test_steps_then_due_then_new(self, table: Table) -> None:
        step = Memory(State.LEARNING, 0, 1.0, 5.0, due_at=NOW, first_day=TODAY, last_day=TODAY, last_at=NOW)
        soon = replace(step, due_at=NOW + timedelta(minutes=9))
        due = Memory(State.REVIEW, None, 1.0, 5.0, TODAY, None, TODAY - days(9), TODAY - days(9), NOW, 9)
        given = [Given(number, 0, number, None, memory) for number, memory in enumerate([Memory(), soon, due, step])]
        await table.fill(given)
        found = [(each.card_id.int - 1000, each.part) for each in await table.queue(Asked(10, 60))]
        assert found == [(3, Part.STEP), (2, Part.DUE), (0, Part.NEW), (1, Part.SOON)]


class TestManySiblings:
    async def test_new_cards_of_one_note_do_not_stand_in_the_way_of_others(self, table: Table) -> None:
        """A note of ten cards, begun or not, is one card a day."""
        given = [Given(number, 0, number // 10, None, Memory()) for number in range(40)]
        await table.fill(given)
        assert [each.card_id.int - 1000 for each in await table.queue(Asked(3, 60))] == [0, 10, 20]
        await table.press(UUID(int=1000), Rating.Easy)
        assert [each.card_id.int - 1000 for each in await table.queue(Asked(3, 60))] == [10, 20]


class TestEvening:
    """A card is asked the evening before what it is about is collected, when that is at most a tenth too early."""

    def card(self, interval: int, early: int, *, ago: int | None = None, material: str | None = "pet") -> Given:
        last = TODAY - days(interval - early if ago is None else ago)
        memory = Memory(State.REVIEW, None, 20.0, 5.0, TODAY + days(early), None, last, last, NOW, interval, 3)
        return Given(0, 0, 0, material, memory)

    @pytest.mark.parametrize(
        ("interval", "early", "is_asked"),
        [(9, 1, False), (10, 1, True), (10, 2, False), (19, 1, True), (40, 4, True), (40, 5, False), (300, 30, True)],
    )
    async def test_within_a_tenth_of_its_interval(
        self, table: Table, interval: int, early: int, is_asked: bool
    ) -> None:
        await table.fill([self.card(interval, early)])
        assert bool(await table.queue(Asked(10, 60, ("pet",)))) is is_asked
        assert await table.queue(Asked(10, 60)) == []
        assert await table.queue(Asked(10, 60, ("glass",))) == []

    async def test_never_when_it_was_reviewed_today(self, table: Table) -> None:
        await table.fill([self.card(10, 1, ago=0)])
        assert await table.queue(Asked(10, 60, ("pet",))) == []

    async def test_it_is_one_of_the_days_reviews(self, table: Table) -> None:
        await table.fill([self.card(10, 1)])
        assert await table.queue(Asked(10, 0, ("pet",))) == []


# ── through the services ──────────────────────────────────────────────────────────────────────────────────────────────


def good(rating: RatingName = RatingName.GOOD, **more: Any) -> ReviewIn:
    return ReviewIn(id=new_id(), rating=rating, **more)


@pytest.fixture
def change(container: InlineContainer) -> Transaction[LearningRepository]:
    return container.transactions("learning", LearningRepository)


class TestAbsence:
    """Row 9: away for 100 days, 800 cards are due."""

    @pytest.fixture
    async def away(
        self, one: Caller, decks: Decks, change: Transaction[LearningRepository], reviewing: Reviewing
    ) -> Caller:
        deck = await decks.make(one, DeckIn(name="오래전"))
        await reviewing.due(one, deck.id, 1, BASE_URL)  # who comes for the first time becomes a learner
        rows = random.Random(7)
        async with change() as repository:
            card_ids = [new_id() for _ in range(800)]
            for start in range(0, 800, 200):
                await repository.add_cards(
                    [
                        _card(deck.id, card_id, start + number)
                        for number, card_id in enumerate(card_ids[start : start + 200])
                    ]
                )
            await repository.begin_cards(deck.id)
            for card_id in card_ids:
                ago = rows.randint(101, 160)
                last = TODAY - days(ago)
                interval = rows.randint(1, ago - 100)
                memory = Memory(
                    State.REVIEW, None, float(interval), 5.0, last + days(interval), None, last, last, NOW, interval, 2
                )
                await repository.save_memory(one.id, card_id, memory)
        return one

    async def test_the_session_is_capped_and_what_waits_is_told(self, reviewing: Reviewing, away: Caller) -> None:
        due = await reviewing.due(away, None, 200, BASE_URL)
        assert due.counts == Counts(new=0, learning=0, review=60)
        assert due.backlog
        assert (due.backlog.waiting, due.backlog.a_day, due.backlog.days) == (800, 60, 14)
        known = [card.retrievability or 0.0 for card in due.cards]
        assert known == sorted(known)

    async def test_a_late_right_answer_lengthens_and_the_backlog_melts(
        self, reviewing: Reviewing, away: Caller, clock: Clockwork
    ) -> None:
        due = await reviewing.due(away, None, 60, BASE_URL)
        for card in due.cards:
            now = (await reviewing.review(away, card.id, good(), BASE_URL)).card
            assert now.due_day
            assert card.due_day
            assert now.due_day - due.day > timedelta(days=1)
            assert (now.stability or 0) > (card.stability or 0)
        assert (await reviewing.due(away, None, 60, BASE_URL)).counts.review == 0
        clock.move(days=1)
        again = await reviewing.due(away, None, 60, BASE_URL)
        assert again.counts.review == 60
        assert not {card.id for card in again.cards} & {card.id for card in due.cards}


def _card(deck_id: UUID, card_id: UUID, position: int) -> Any:
    from bunri.domains.learning.records import Card, CardKind

    return Card(card_id, deck_id, card_id, CardKind.FLIP, f"{position}", "b", NOW, NOW, position=position)


class TestMovedMidSession:
    """Row 3: zone or rollover changes while somebody reviews."""

    @pytest.mark.parametrize(
        "moved",
        [
            {"zone": "Pacific/Kiritimati"},
            {"zone": "Pacific/Honolulu"},
            {"zone": "America/Los_Angeles", "rollover": 0},
            {"rollover": 12},
            {"rollover": 0},
        ],
    )
    async def test_no_card_is_asked_twice_or_lost(
        self,
        reviewing: Reviewing,
        one: Caller,
        new_cards: NewCards,
        clock: Clockwork,
        change: Transaction[LearningRepository],
        moved: Mapping[str, Any],
    ) -> None:
        cards = await new_cards(one, 8)
        for card in cards[:6]:
            await reviewing.review(one, card, good(RatingName.EASY), BASE_URL)
        clock.move(days=30)
        first = await reviewing.due(one, None, 50, BASE_URL)
        asked_before = {card.id for card in first.cards[:4]}
        for due in first.cards[:4]:
            await reviewing.review(one, due.id, good(), BASE_URL)
        async with change() as repository:
            await repository.change_learner(one.id, **moved)
        left = await reviewing.due(one, None, 50, BASE_URL)
        assert {card.id for card in left.cards} == set(cards) - asked_before
        for due in left.cards:
            await reviewing.review(one, due.id, good(RatingName.EASY), BASE_URL)
        assert (await reviewing.due(one, None, 50, BASE_URL)).cards == []

    async def test_the_days_caps_hold_for_who_flies_east_and_back(
        self,
        reviewing: Reviewing,
        one: Caller,
        new_cards: NewCards,
        change: Transaction[LearningRepository],
    ) -> None:
        cards = await new_cards(one, 20)
        async with change() as repository:
            await reviewing.due(one, None, 1, BASE_URL)
            await repository.change_learner(one.id, zone="Pacific/Kiritimati")
        for card in cards[:10]:
            await reviewing.review(one, card, good(RatingName.EASY), BASE_URL)
        async with change() as repository:
            await repository.change_learner(one.id, zone="Pacific/Honolulu")
        assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 0


class TestUndoOnce:
    """Row 5: a review that put a sibling off."""

    @pytest.mark.parametrize("rating", list(RatingName))
    async def test_card_sibling_counts_log_and_cap_are_as_before(
        self, reviewing: Reviewing, one: Caller, decks: Decks, cards: Cards, session_of: Sessions, rating: RatingName
    ) -> None:
        deck = await decks.make(one, DeckIn(name="앞뒤로"))
        for number in range(12):
            said = CardIn(deck_id=deck.id, front=f"{number}번", back="유리", both_ways=True)
            await cards.write(one, said, BASE_URL)
        before = await reviewing.due(one, None, 50, BASE_URL), await _log(session_of, one.id)
        assert before[0].counts.new == 10
        sent = good(rating)
        await reviewing.review(one, before[0].cards[0].id, sent, BASE_URL)
        after_it = await reviewing.due(one, None, 50, BASE_URL)
        assert after_it.counts.new == 9
        await reviewing.undo(one, sent.id)
        assert (await reviewing.due(one, None, 50, BASE_URL), await _log(session_of, one.id)) == before

    async def test_of_many_sent_at_once_the_last_is_taken_back(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork
    ) -> None:
        cards = await new_cards(one, 3)
        batch = [
            BatchReview(
                id=new_id(), card_id=card, rating=RatingName.EASY, reviewed_at=clock() - timedelta(minutes=9 - n)
            )
            for n, card in enumerate(cards)
        ]
        await reviewing.batch(one, BatchIn(reviews=batch))
        assert (await reviewing.due(one, None, 50, BASE_URL)).counts.new == 0
        await reviewing.undo(one, batch[-1].id)
        due = await reviewing.due(one, None, 50, BASE_URL)
        assert [card.id for card in due.cards] == [cards[-1]]


async def _log(sessions: Sessions, person: str) -> list[Any]:
    """What counts of it."""
    row = models.ReviewRow
    async with sessions("learning") as session:
        found = await session.execute(select(row.id).where(row.person == person, row.undone_at.is_(None)))
    return list(found.scalars())


class TestAnotherRetention:
    """Row 10: nothing is scheduled anew because somebody wants something else."""

    async def test_what_is_due_stays(
        self, reviewing: Reviewing, one: Caller, new_cards: NewCards, clock: Clockwork, session_of: Sessions
    ) -> None:
        for card in await new_cards(one, 10):
            await reviewing.review(one, card, good(RatingName.EASY), BASE_URL)
        clock.move(days=7)
        before = await reviewing.due(one, None, 50, BASE_URL)
        async with session_of("learning") as session:
            person = models.PersonRow
            await session.execute(update(person).where(person.person == one.id).values(retention=0.97))
            learner = await LearningRepository(session).learner(one.id)
            assert learner
            queue = await LearningRepository(session).queue(learner, clock(), (), None)
        assert learner.retention == 0.97
        assert counts(queue) == before.counts
