"""The schedule: equal to FSRS-6, in study days, the same on every device."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card as LibraryCard
from fsrs import Rating, Scheduler
from fsrs import State as LibraryState
from fsrs.scheduler import DEFAULT_PARAMETERS
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from tests.domains.learning.fsrs6 import remembered

from bunri.domains.learning.schedule import (
    CUT,
    HARD_LAPSES,
    NEW,
    Entry,
    Happened,
    Memory,
    Scheduling,
    State,
    _fuzzed,
    _range,
    after,
    preview,
    replay,
    retrievability,
)
from bunri.domains.learning.schemas import ReviewIn
from bunri.domains.learning.study_days import study_day

SEOUL: Final = ZoneInfo("Asia/Seoul")
START: Final = datetime(2026, 1, 5, 3, tzinfo=UTC)
CARD: Final = UUID("0197f0a0-0000-7000-8000-000000000001")
AGAIN, HARD, GOOD, EASY = Rating.Again, Rating.Hard, Rating.Good, Rating.Easy
NO_STEPS: Final[dict[str, Any]] = {"learning_steps": (), "relearning_steps": ()}

cards = st.uuids()
ratings = st.sampled_from(list(Rating))


def reviewed(rating: Rating, at: datetime) -> Entry:
    return Entry(Happened.REVIEW, rating, at, study_day(at, SEOUL))


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """Reviews, now and then a changed rule or a new beginning, in the order of their times."""
    at, found = START, []
    for _ in range(draw(st.integers(0, 25))):
        at += draw(st.one_of(st.timedeltas(timedelta(0), timedelta(hours=30)), st.integers(1, 400).map(timedelta)))
        kind = draw(st.sampled_from([Happened.REVIEW] * 8 + [Happened.CUT, Happened.RESET]))
        rating = draw(ratings) if kind == Happened.REVIEW else None
        found.append(Entry(kind, rating, at, study_day(at, SEOUL)))
    return found


schedulings = st.builds(
    Scheduling,
    parameters=st.sampled_from([None, tuple(weight * 0.9 + 0.1 for weight in DEFAULT_PARAMETERS[:4])]).map(
        lambda first: first and (*first, *DEFAULT_PARAMETERS[4:])
    ),
    retention=st.floats(0.7, 0.97),
)


# ── equal to FSRS-6 ───────────────────────────────────────────────────────────────────────────────────────────────────


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def library_days(given: Sequence[tuple[Rating, int | None]], **options: Any) -> tuple[list[int], LibraryCard]:
    """Whole days of the library's intervals, when it is given noon of study days as this domain gives them; each review
    comes so many days after the last one, or when it is due."""
    scheduler = Scheduler(enable_fuzzing=False, **options)
    card, day, found = LibraryCard(card_id=1), date(2026, 1, 5), list[int]()
    for number, (rating, gap) in enumerate(given):
        if number:
            day += timedelta(days=found[-1] if gap is None else gap)
        card, _ = scheduler.review_card(card, rating, noon(day))
        found.append((card.due - noon(day)).days)
    return found, card


def on_due(*given: Rating) -> list[tuple[Rating, int | None]]:
    return [(rating, None) for rating in given]


def in_fuzz(memory: Memory, days: int) -> bool:
    least, most = _range(days)
    return least <= memory.interval <= most


class TestGoldenNumbers:
    """learning.md § 3."""

    def test_the_library_has_the_weights_of_fsrs_6(self) -> None:
        assert (
            *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
            *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
        ) == DEFAULT_PARAMETERS

    @pytest.mark.parametrize(
        ("rating", "stability", "difficulty"),
        [(AGAIN, 0.212, 6.4133), (HARD, 1.2931, 5.11217), (GOOD, 2.3065, 2.1181), (EASY, 8.2956, 1.0)],
    )
    def test_first_rating(self, rating: Rating, stability: float, difficulty: float) -> None:
        memory = after(NEW, reviewed(rating, START), CARD)
        assert (memory.stability, memory.difficulty) == pytest.approx((stability, difficulty), abs=1e-4)

    @pytest.mark.parametrize(
        ("rating", "seconds"), [(AGAIN, 60), (HARD, 330), (GOOD, 600)], ids=["again", "hard", "good"]
    )
    def test_a_step_of_minutes_is_not_one_of_days(self, rating: Rating, seconds: int) -> None:
        """Row 22 of § 4."""
        memory = after(NEW, reviewed(rating, START), CARD)
        assert memory.due_at == START + timedelta(seconds=seconds)
        assert memory.due_day is None

    def test_good_again_good_each_on_its_day(self) -> None:
        given = [GOOD] * 6 + [AGAIN] * 2 + [GOOD] * 5
        wanted = [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]
        assert library_days(on_due(*given))[0] == wanted
        memory, day = NEW, date(2026, 1, 5)
        for rating, days in zip(given, wanted, strict=True):  # as the library says, without the fuzz
            memory = after(memory, Entry(Happened.REVIEW, rating, noon(day), day), CARD)
            assert in_fuzz(memory, days) if days else memory.due_at
            day += timedelta(days=days)

    def test_again_then_good_at_given_gaps(self) -> None:
        memory, day = NEW, date(2026, 1, 5)
        for rating, gap in zip([AGAIN, *[GOOD] * 5], (0, 0, 1, 3, 8, 21), strict=True):
            day += timedelta(days=gap)
            memory = after(memory, Entry(Happened.REVIEW, rating, noon(day), day), CARD)
        assert memory.stability == pytest.approx(53.62691, abs=1e-5)
        assert memory.difficulty == pytest.approx(6.3574867, abs=1e-6)  # fsrs-rs counts in single precision
        without = (*DEFAULT_PARAMETERS[:17], 0.0, 0.0, 0.0, DEFAULT_PARAMETERS[20])
        given = [(AGAIN, 0), *((GOOD, gap) for gap in (0, 1, 3, 8, 21))]
        assert library_days(given, parameters=without)[1].stability == pytest.approx(53.335106, rel=2e-6)

    def test_intervals_of_one_stability(self) -> None:
        wanted = [3116766, 34793, 2508, 387, 90, 27, 9, 3, 1, 1]
        found = [
            Scheduler(desired_retention=tenths / 10, maximum_interval=10**9)._next_interval(stability=1.0)
            for tenths in range(1, 11)
        ]
        assert found == pytest.approx(wanted, rel=2e-6)  # fsrs-rs counts in single precision
        assert found[1:] == wanted[1:]

    @pytest.mark.parametrize(
        ("retention", "wanted"),
        [
            (0.70, [21, 310, 3002, 20889]),
            (0.80, [8, 75, 521, 2762]),
            (0.85, [4, 31, 173, 773]),
            (0.90, [2, 11, 46, 163]),
            (0.95, [1, 3, 8, 19]),
            (0.97, [1, 2, 4, 7]),
        ],
    )
    def test_retention(self, retention: float, wanted: list[int]) -> None:
        assert library_days(on_due(*[GOOD] * 4), desired_retention=retention, **NO_STEPS)[0] == wanted
        learned = Memory(State.LEARNING, 1, 2.3065, 2.118103970459016, last_day=date(2026, 1, 5))
        memory, day = learned, date(2026, 1, 5)
        for days in wanted[1:]:  # the steps are behind it, and the first interval is the one of the last step
            memory = replace(memory, state=State.REVIEW, step=None)
            day += timedelta(days=wanted[wanted.index(days) - 1])
            memory = after(memory, reviewed(GOOD, noon(day)), CARD, Scheduling(retention=retention))
            assert in_fuzz(memory, days)

    def test_very_late(self) -> None:
        days, card = library_days([(GOOD, 0), (GOOD, 1), (GOOD, 400)], **NO_STEPS)
        assert days == [2, 7, 142]
        assert card.stability == pytest.approx(141.64448, abs=1e-5)
        days, card = library_days([(GOOD, 0), (GOOD, 1), (AGAIN, 400)], **NO_STEPS)
        assert days == [2, 7, 2]
        assert (card.stability, card.difficulty) == pytest.approx((2.255, 7.39224), abs=1e-3)

    def test_early(self) -> None:
        days, card = library_days([(GOOD, 0), (GOOD, 2), (GOOD, 1)], **NO_STEPS)
        assert days == [2, 11, 15]
        assert card.stability == pytest.approx(15.4283, abs=1e-4)

    def test_inside_one_day(self) -> None:
        given: list[tuple[Rating, int | None]] = [(GOOD, 0), (HARD, 0), (GOOD, 0), (EASY, 0)]
        # 2, 1, 1, 2 until 6.3.1 of the library, where a Hard of the same day lowered the stability (decision 0028).
        assert library_days(given, **NO_STEPS)[0] == [2, 2, 2, 4]

    def test_a_maximum(self) -> None:
        assert library_days(on_due(*[EASY] * 5), maximum_interval=30)[0] == [8, 30, 30, 30, 30]

    def test_a_thousand_times_again(self) -> None:
        log = [reviewed(AGAIN, START + number * timedelta(hours=13)) for number in range(1000)]
        memory = replay(log, CARD)
        assert memory.stability is not None
        assert memory.stability >= 0.001
        assert memory.reviews == 1000


class TestSharedVectors:
    """All reviews of the file are at noon in Seoul, or minutes and hours later, so that none crosses a study day: what
    the library gives for the real times is what it gives for the study days."""

    @pytest.fixture
    def vectors(self, shared: Path) -> dict[str, Any]:
        found = json.loads((shared / "data" / "fsrs6-vectors.json").read_bytes())
        assert isinstance(found, dict)
        return found

    def test_the_file_is_fsrs_6_as_the_page_has_it(self, vectors: dict[str, Any]) -> None:
        """The file was made with 6.3.1 of the library, which let a Hard of the same day lower the stability."""
        for vector in vectors["vectors"]:
            found = remembered(DEFAULT_PARAMETERS, _ratings_and_days(vector["reviews"]), least=GOOD)
            for (stability, difficulty, known), review in zip(found, vector["reviews"], strict=True):
                assert stability == pytest.approx(review["stability"], rel=1e-12), vector["name"]
                assert difficulty == pytest.approx(review["difficulty"], rel=1e-12), vector["name"]
                assert known == (known and pytest.approx(review["retrievability_before"], rel=1e-12))

    def test_every_sequence_by_study_days(self, vectors: dict[str, Any]) -> None:
        """The library, as it is, does what fsrs-rs does; until a Hard of the same day, what the file says."""
        hards = 0
        for vector in vectors["vectors"]:
            options = {name: _option(name, value) for name, value in vector["scheduler"].items()}
            scheduler, card = Scheduler(enable_fuzzing=False, **options), LibraryCard(card_id=1)
            reviews = vector["reviews"]
            alike = len(_until_a_hard_that_follows_on_the_same_day(reviews))
            hards += alike < len(reviews)
            found = remembered(DEFAULT_PARAMETERS, _ratings_and_days(reviews), least=HARD)
            for number, (review, (stability, difficulty, known)) in enumerate(zip(reviews, found, strict=True)):
                day = study_day(datetime.fromisoformat(review["at"]), SEOUL)
                if known is not None:
                    assert scheduler.get_card_retrievability(card, noon(day)) == pytest.approx(known, rel=1e-12)
                card, _ = scheduler.review_card(card, Rating(review["rating"]), noon(day))
                assert card.stability == pytest.approx(stability, rel=1e-12), vector["name"]
                assert card.difficulty == pytest.approx(difficulty, rel=1e-12), vector["name"]
                assert (card.state.name, card.step) == (review["state"], review["step"]), vector["name"]
                if number < alike:
                    assert card.stability == pytest.approx(review["stability"], rel=1e-12), vector["name"]
                    assert (card.due - noon(day)).total_seconds() == review["interval_seconds"], vector["name"]
        assert hards == 2  # so little of the file differs

    def test_every_sequence_with_our_steps_through_our_border(self, vectors: dict[str, Any]) -> None:
        ours = [vector for vector in vectors["vectors"] if not vector["scheduler"]]
        assert len(ours) >= 9
        for vector in ours:
            memory = NEW
            for review in _until_a_hard_that_follows_on_the_same_day(vector["reviews"]):
                at = datetime.fromisoformat(review["at"])
                known = retrievability(memory, study_day(at, SEOUL))
                assert known == (memory.stability and pytest.approx(review["retrievability_before"], rel=1e-12))
                memory = after(memory, reviewed(Rating(review["rating"]), at), CARD)
                assert (memory.state.name.title(), memory.step) == (review["state"], review["step"])
                assert memory.stability == pytest.approx(review["stability"], rel=1e-12)
                assert memory.difficulty == pytest.approx(review["difficulty"], rel=1e-12)
                pause = timedelta(seconds=review["interval_seconds"])
                if memory.state == State.REVIEW:
                    assert in_fuzz(memory, pause.days)
                else:
                    assert memory.due_at == at + pause

    def test_preview_after_four_good(self, vectors: dict[str, Any]) -> None:
        days, card = library_days(on_due(*[GOOD] * 4))
        at = noon(date(2026, 1, 5) + timedelta(days=sum(days)))
        memory = Memory(
            State(card.state),
            None,
            card.stability,
            card.difficulty,
            at.date(),
            None,
            at.date(),
            card.last_review.date(),  # type: ignore[union-attr]
        )
        for rating, wanted in vectors["preview_after_four_good"].items():
            then = after(memory, Entry(Happened.REVIEW, Rating(int(rating)), at, at.date()), CARD)
            assert then.stability == pytest.approx(wanted["stability"], rel=1e-12)
            assert then.difficulty == pytest.approx(wanted["difficulty"], rel=1e-12)
            assert then.state.name.title() == wanted["state"]

    def test_forgetting_curve(self, vectors: dict[str, Any]) -> None:
        day = date(2026, 1, 5)
        for stability, days, known in vectors["forgetting_curve_S_days_R"]:
            memory = Memory(State.REVIEW, stability=stability, difficulty=5.0, last_day=day)
            assert retrievability(memory, day + timedelta(days=days)) == pytest.approx(known, rel=1e-12)


def _ratings_and_days(reviews: Sequence[dict[str, Any]]) -> list[tuple[int, int]]:
    days = [study_day(datetime.fromisoformat(review["at"]), SEOUL) for review in reviews]
    gaps = [0, *((later - day).days for day, later in pairwise(days))]
    return [(review["rating"], gap) for review, gap in zip(reviews, gaps, strict=True)]


def _until_a_hard_that_follows_on_the_same_day(reviews: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """From there on the numbers of 6.3.1 are no longer those of FSRS-6."""
    days = [study_day(datetime.fromisoformat(review["at"]), SEOUL) for review in reviews]
    found = [
        number
        for number, review in enumerate(reviews)
        if review["rating"] == HARD and number and days[number - 1] == days[number]
    ]
    return reviews[: found[0]] if found else reviews


def _option(name: str, value: str) -> Any:
    if name.endswith("steps"):
        assert value == "()"
        return ()
    return int(value) if name == "maximum_interval" else float(value)


# ── in study days ─────────────────────────────────────────────────────────────────────────────────────────────────────


class TestStudyDays:
    def test_who_learned_in_the_evening_is_asked_the_next_morning(self) -> None:
        evening = datetime(2026, 11, 20, 22, tzinfo=SEOUL)
        memory = replay([reviewed(GOOD, evening), reviewed(GOOD, evening + timedelta(minutes=10))], CARD)
        assert memory.due_day == date(2026, 11, 22)
        assert study_day(datetime(2026, 11, 22, 8, tzinfo=SEOUL), SEOUL) == memory.due_day

    def test_23_hours_later_on_the_next_day_is_a_day_later(self) -> None:
        first = datetime(2026, 11, 20, 22, tzinfo=SEOUL)
        known = replay([reviewed(EASY, first)], CARD)
        same, later = (after(known, reviewed(GOOD, first + timedelta(hours=hours)), CARD) for hours in (5, 23))
        day_on = after(known, reviewed(GOOD, first + timedelta(days=1)), CARD)
        assert later.stability == day_on.stability != same.stability

    @pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
    def test_days_of_23_and_25_hours_are_days(self, change: date) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        begun = change - timedelta(days=5)
        for at in (time(5), time(12), time(23, 30)):
            moment = datetime.combine(begun, at, berlin)
            memory = after(NEW, Entry(Happened.REVIEW, EASY, moment, study_day(moment, berlin)), CARD)
            assert memory.due_day == begun + timedelta(days=memory.interval)
            assert retrievability(memory, memory.due_day) == retrievability(
                after(NEW, reviewed(EASY, START), CARD), date(2026, 1, 5) + timedelta(days=memory.interval)
            )

    def test_a_clock_that_was_put_back_does_no_harm(self) -> None:
        memory = after(NEW, reviewed(EASY, START), CARD)
        before = after(memory, reviewed(GOOD, START - timedelta(days=40)), CARD)
        assert before.last_day == memory.last_day
        assert before.due_day is not None
        assert before.due_day >= date(2026, 1, 5)

    @pytest.mark.parametrize("said", ["2026-11-20T12:00:00", "2026-11-20", "12:00"])
    def test_a_time_without_a_zone_is_refused(self, said: str) -> None:
        """Row 23 of § 4."""
        with pytest.raises(ValidationError):
            ReviewIn.model_validate({"id": str(CARD), "rating": "good", "reviewed_at": said})

    def test_a_time_of_another_zone_is_the_same_moment(self) -> None:
        read = TypeAdapter(ReviewIn).validate_json(
            f'{{"id": "{CARD}", "rating": "good", "reviewed_at": "2026-11-21T01:30:00+09:00"}}'
        )
        assert read.reviewed_at == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
        assert after(NEW, reviewed(GOOD, read.reviewed_at), CARD) == after(
            NEW, reviewed(GOOD, datetime(2026, 11, 20, 16, 30, tzinfo=UTC)), CARD
        )


# ── on every device ───────────────────────────────────────────────────────────────────────────────────────────────────


class TestFuzz:
    """Row 8 of § 4."""

    @pytest.mark.parametrize("number", range(5))
    def test_ten_thousand_times_good_is_never_sooner_than_the_last_time(self, number: int) -> None:
        card = UUID(int=CARD.int + number)
        memory, day, last = NEW, date(1990, 1, 1), 0
        for _ in range(2000):
            memory = after(memory, Entry(Happened.REVIEW, GOOD, noon(day), day), card)
            assert memory.interval >= last
            last = memory.interval
            day = date(1990, 1, 1) if day.year > 5000 else day + timedelta(days=memory.interval)

    @given(logs(), cards, ratings, st.timedeltas(timedelta(0), timedelta(days=500)), schedulings)
    def test_what_is_shown_is_what_comes(
        self, log: list[Entry], card: UUID, rating: Rating, pause: timedelta, scheduling: Scheduling
    ) -> None:
        memory = replay(log, card, scheduling)
        at = (memory.last_at or START) + pause
        shown = preview(memory, study_day(at, SEOUL), card, scheduling)
        then = after(memory, reviewed(rating, at), card, scheduling)
        if then.due_at:
            assert shown[rating] == then.due_at - at
        else:
            assert then.due_day is not None
            assert shown[rating] == timedelta(days=then.interval)
            assert then.due_day == study_day(at, SEOUL) + shown[rating]

    @given(logs(), cards, schedulings)
    def test_a_better_rating_comes_back_no_sooner(self, log: list[Entry], card: UUID, scheduling: Scheduling) -> None:
        memory = replay(log, card, scheduling)
        at = (memory.last_at or START) + timedelta(days=memory.interval)
        shown = preview(memory, study_day(at, SEOUL), card, scheduling)
        assume(memory.state == State.REVIEW)
        assert shown[HARD] <= shown[GOOD] <= shown[EASY]

    @given(st.integers(1, 36_500), st.integers(0, 36_500), cards, st.integers(0, 10_000))
    def test_it_stays_within_the_range(self, days: int, last: int, card: UUID, number: int) -> None:
        least, most = _range(days)
        assert least <= _fuzzed(days, last, card.bytes, number) <= most
        assert most - least <= 2 * (1 + 0.15 * 4.5 + 0.10 * 13 + 0.05 * max(days - 20, 0)) + 1

    def test_cards_that_were_learned_together_come_back_apart(self) -> None:
        found = {after(NEW, reviewed(EASY, START), UUID(int=CARD.int + number)).interval for number in range(200)}
        assert found == set(range(_range(8)[0], _range(8)[1] + 1))

    def test_another_process_finds_the_same(self) -> None:
        program = (
            "from datetime import date, datetime, UTC\n"
            "from uuid import UUID\n"
            "from fsrs import Rating\n"
            "from bunri.domains.learning.schedule import NEW, Entry, Happened, after\n"
            "entry = Entry(Happened.REVIEW, Rating.Easy, datetime(2026, 1, 5, 3, tzinfo=UTC), date(2026, 1, 5))\n"
            f"print([after(NEW, entry, UUID(int={CARD.int} + n)).interval for n in range(50)])\n"
        )
        found = [
            subprocess.run(
                [sys.executable, "-c", program],
                env={**os.environ, "PYTHONHASHSEED": seed},
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            for seed in ("1", "2")
        ]
        here = [after(NEW, reviewed(EASY, START), UUID(int=CARD.int + number)).interval for number in range(50)]
        assert found == [str(here)] * 2


class TestReplay:
    @given(logs(), cards, schedulings)
    def test_it_is_what_comes_step_by_step(self, log: list[Entry], card: UUID, scheduling: Scheduling) -> None:
        memory = NEW
        for entry in log:
            memory = after(memory, entry, card, scheduling)
        assert replay(log, card, scheduling) == memory

    @given(logs(), logs(), cards)
    def test_it_goes_on_from_a_memory_that_was_kept(self, first: list[Entry], then: list[Entry], card: UUID) -> None:
        shift = (first[-1].at - START) if first else timedelta(0)
        later = [entry._replace(at=entry.at + shift, day=study_day(entry.at + shift, SEOUL)) for entry in then]
        memory = replay(first, card)
        for entry in later:
            memory = after(memory, entry, card)
        assert replay([*first, *later], card) == memory

    @given(logs(), cards, schedulings)
    def test_what_it_gives_holds_together(self, log: list[Entry], card: UUID, scheduling: Scheduling) -> None:
        memory = replay(log, card, scheduling)
        assert (memory.due_day is not None) == (memory.state == State.REVIEW)
        assert (memory.due_at is not None) == (memory.state in {State.LEARNING, State.RELEARNING})
        assert (memory.stability is None) == (memory.state == State.NEW) == (memory == NEW)
        if memory.stability is not None and memory.difficulty is not None:
            assert memory.stability >= 0.001
            assert 1 <= memory.difficulty <= 10
            assert 0 <= memory.lapses < memory.reviews

    def test_a_review_has_a_rating(self) -> None:
        with pytest.raises(ValueError, match="rating"):
            after(NEW, Entry(Happened.REVIEW, None, START, date(2026, 1, 5)), CARD)

    def test_the_memory_it_goes_on_from_stays_as_it_is(self) -> None:
        memory = replay([reviewed(EASY, START)], CARD)
        before = Memory(**{name: getattr(memory, name) for name in Memory.__dataclass_fields__})
        after(memory, Entry(Happened.CUT, None, START, date(2026, 1, 6)), CARD)
        after(memory, reviewed(AGAIN, START + timedelta(days=9)), CARD)
        assert memory == before


# ── what happens to people ────────────────────────────────────────────────────────────────────────────────────────────


class TestAbsence:
    @given(st.integers(0, 1000), cards)
    def test_a_late_right_answer_lengthens_the_interval(self, late: int, card: UUID) -> None:
        """Row 9 of § 4."""
        known = replay([reviewed(EASY, START)], card)
        on_time, days_late = (
            after(known, reviewed(GOOD, START + timedelta(days=known.interval + days)), card) for days in (0, late)
        )
        assert days_late.interval > known.interval
        assert (days_late.stability or 0) >= (on_time.stability or 0)


class TestChangedSettings:
    """Row 10 of § 4: what was scheduled stays, and only the next review follows what is wanted now."""

    def test_the_next_review_follows_another_retention(self) -> None:
        memory = replay([reviewed(EASY, START)], CARD)
        at = START + timedelta(days=memory.interval)
        tight, loose = (after(memory, reviewed(GOOD, at), CARD, Scheduling(retention=share)) for share in (0.97, 0.7))
        assert tight.stability == loose.stability
        assert tight.interval < loose.interval


class TestHardOnes:
    def test_six_lapses_make_a_hard_one_that_is_asked_as_before(self) -> None:
        """Row 11 of § 4."""
        memory, at = replay([reviewed(EASY, START)], CARD), START
        for number in range(HARD_LAPSES):
            assert not memory.is_hard
            at += timedelta(days=10)
            memory = after(memory, reviewed(AGAIN, at), CARD)
            assert memory.lapses == number + 1
            memory = after(memory, reviewed(GOOD, at + timedelta(minutes=10)), CARD)
        assert memory.is_hard
        assert memory.due_day is not None

    def test_wrong_while_it_is_learned_is_no_lapse(self) -> None:
        log = [reviewed(AGAIN, START + number * timedelta(minutes=1)) for number in range(9)]
        assert replay(log, CARD).lapses == 0


class TestChangedRule:
    def test_a_card_comes_back_today_and_is_known_less_well(self) -> None:
        known = replay([reviewed(EASY, START), reviewed(GOOD, START + timedelta(days=8))], CARD)
        day = date(2026, 1, 15)
        cut = after(known, Entry(Happened.CUT, None, START + timedelta(days=10), day), CARD)
        assert cut.due_day == day
        assert known.stability is not None
        assert cut.stability == known.stability * CUT
        assert (cut.reviews, cut.lapses, cut.last_day, cut.difficulty) == (
            *(known.reviews, known.lapses, known.last_day, known.difficulty),
        )

    @pytest.mark.parametrize("given", [[], [AGAIN], [GOOD]])
    def test_what_is_not_known_yet_stays_as_it_is(self, given: list[Rating]) -> None:
        memory = replay([reviewed(rating, START) for rating in given], CARD)
        assert after(memory, Entry(Happened.CUT, None, START, date(2026, 1, 5)), CARD) == memory

    def test_one_that_is_overdue_is_not_put_off(self) -> None:
        known = replay([reviewed(EASY, START)], CARD)
        cut = after(known, Entry(Happened.CUT, None, START, date(2027, 1, 5)), CARD)
        assert cut.due_day == known.due_day

    def test_begun_anew_is_new(self) -> None:
        known = replay([reviewed(EASY, START)], CARD)
        assert after(known, Entry(Happened.RESET, None, START, date(2026, 1, 6)), CARD) == NEW


def test_states_are_those_of_the_library() -> None:
    assert {state.name: int(state) for state in LibraryState} == {
        state.name.title(): int(state) for state in State if state != State.NEW
    }
