"""When a card comes back: FSRS-6 (the library ``fsrs``) in the person's own study days.

The library counts whole days of 24 hours from the clock time of the last review. People count dates: who learned at
ten in the evening expects the card the next morning. So the library is given noon of the study day as the time of each
review: moments of two days differ by whole days then, and steps of minutes are added to the real time.

Everything here is a pure function: the same log gives the same memory on every device.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from fsrs import Card, Rating, Scheduler
from fsrs import State as FsrsState
from fsrs.scheduler import DEFAULT_PARAMETERS

RETENTION: Final = 0.9
"""How likely a card is still known on the day when it comes back, for who has said nothing."""
LONGEST_DAYS: Final = 36_500
CUT: Final = 0.25
"""What is left of a card's stability when the rule that it teaches has changed."""
HARD_LAPSES: Final = 6
"""A card that was forgotten so often is offered as a hard one."""


class State(IntEnum):
    """As the table ``memories`` has it."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class Happened(StrEnum):
    """What a row of the log says."""

    REVIEW = "review"
    CUT = "cut"
    """The rule changed: the card comes back today and is known less well."""
    RESET = "reset"
    """Its owner begins it anew."""
    IMPORTED = "imported"
    """It came from elsewhere without its log: what was known of it there."""


class Known(NamedTuple):
    """What another program knew of a card. ``stability`` and ``interval`` in days, ``difficulty`` 1 to 10."""

    stability: float
    difficulty: float
    interval: int


class Entry(NamedTuple):
    """A row of the log, as far as it moves the card."""

    kind: Happened
    rating: Rating | None
    at: datetime
    day: date
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What one person remembers of one card. ``stability`` in days, ``difficulty`` 1 to 10, ``interval`` in days.

    A card in review is due on ``due_day``; one in a step of minutes at ``due_at``; a new one has neither."""

    state: State = State.NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    due_day: date | None = None
    due_at: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    last_at: datetime | None = None
    interval: int = 0
    reviews: int = 0
    lapses: int = 0

    @property
    def is_hard(self) -> bool:
        return self.lapses >= HARD_LAPSES


NEW: Final = Memory()


@dataclass(frozen=True, slots=True)
class Scheduling:
    """How one person's cards are scheduled. ``parameters``: the 21 weights of FSRS-6; None: those of the library."""

    parameters: tuple[float, ...] | None = None
    retention: float = RETENTION

    @property
    def scheduler(self) -> Scheduler:
        return _scheduler(self.parameters, self.retention)


@lru_cache(maxsize=1024)
def _scheduler(parameters: tuple[float, ...] | None, retention: float) -> Scheduler:
    weights = DEFAULT_PARAMETERS if parameters is None else parameters
    return Scheduler(weights, desired_retention=retention, maximum_interval=LONGEST_DAYS, enable_fuzzing=False)


def after(memory: Memory, entry: Entry, card: UUID, scheduling: Scheduling = Scheduling()) -> Memory:
    """The memory after one more entry of its log; ``card`` seeds the fuzz of its interval.

    An entry of an earlier day than the last one, as a clock that was put back gives it, counts for the last day.
    Raises ValueError for a review without a rating."""
    fold = _Fold(memory, card, scheduling)
    fold.add(entry)
    return fold.memory()


def replay(entries: Iterable[Entry], card: UUID, scheduling: Scheduling = Scheduling()) -> Memory:
    """The memory that a log, in the order of its times, gives: what ``after`` gives step by step."""
    fold = _Fold(NEW, card, scheduling)
    for entry in entries:
        fold.add(entry)
    return fold.memory()


def preview(memory: Memory, day: date, card: UUID, scheduling: Scheduling = Scheduling()) -> Mapping[Rating, timedelta]:
    """How long each rating would put the card off: whole days, or minutes for a step."""
    return _Fold(memory, card, scheduling).pauses(day)


def retrievability(memory: Memory, day: date, scheduling: Scheduling = Scheduling()) -> float | None:
    """How likely it is known on ``day``, 0 to 1; None for a card that was never reviewed."""
    if memory.stability is None or memory.last_day is None:
        return None
    return scheduling.scheduler.get_card_retrievability(_as_card(memory), _noon(max(day, memory.last_day)))


class _Fold:
    """A memory on its way through a log. It keeps the library's own card from one entry to the next, because making one
    from a memory and back takes longer than the library's rules: a hundred thousand reviews are imported at once."""

    def __init__(self, memory: Memory, card: UUID, scheduling: Scheduling) -> None:
        self._review = scheduling.scheduler.review_card
        self._seed = card.bytes
        self._begin(memory)

    def _begin(self, memory: Memory) -> None:
        self._card = _as_card(memory)
        self._is_new = memory.state == State.NEW
        self._due_day, self._due_at = memory.due_day, memory.due_at
        self._first_day, self._last_day, self._last_at = memory.first_day, memory.last_day, memory.last_at
        self._interval, self._reviews, self._lapses = memory.interval, memory.reviews, memory.lapses

    def add(self, entry: Entry) -> None:
        if entry.kind == Happened.RESET:
            self._begin(NEW)
        elif entry.kind == Happened.CUT:
            self._cut(entry.day)
        elif entry.kind == Happened.IMPORTED and entry.known:
            self._begin(_imported(self.memory(), entry.known, entry.at, entry.day))
        elif entry.rating is None:
            raise ValueError("a review has a rating")
        else:
            self._reviewed(entry.rating, entry.at, entry.day)

    def memory(self) -> Memory:
        card = self._card
        return Memory(
            state=State.NEW if self._is_new else State(card.state),
            step=None if self._is_new else card.step,
            stability=card.stability,
            difficulty=card.difficulty,
            due_day=self._due_day,
            due_at=self._due_at,
            first_day=self._first_day,
            last_day=self._last_day,
            last_at=self._last_at,
            interval=self._interval,
            reviews=self._reviews,
            lapses=self._lapses,
        )

    def pauses(self, day: date) -> dict[Rating, timedelta]:
        """What each rating would put the card off by, on ``day``."""
        day = max(day, self._last_day or day)
        return {rating: self._after(rating, day)[1] for rating in Rating}

    def _reviewed(self, rating: Rating, at: datetime, day: date) -> None:
        if self._last_day is None:
            self._first_day = day
        elif day < self._last_day:
            day = self._last_day
        was_in_review = self._card.state == FsrsState.Review
        self._card, pause = self._after(rating, day)
        if self._card.state == FsrsState.Review:
            self._interval, self._due_day, self._due_at = pause.days, day + pause, None
        else:
            self._interval, self._due_day, self._due_at = 0, None, at + pause
            self._lapses += was_in_review
        self._is_new = False
        self._last_day, self._last_at = day, at
        self._reviews += 1

    def _after(self, rating: Rating, day: date) -> tuple[Card, timedelta]:
        """The library's card after a rating, and what it is put off by: whole days, or minutes for a step."""
        noon = _noon(day)
        card, _ = self._review(self._card, rating, noon)
        pause = card.due - noon
        if card.state != FsrsState.Review:
            return card, pause
        was_known = self._card.state == FsrsState.Review and rating >= Rating.Good
        last = self._interval if was_known else 0
        return card, timedelta(days=_fuzzed(pause.days, last, self._seed, self._reviews))

    def _cut(self, day: date) -> None:
        """Only a card that is being reviewed in days: what is being learned comes back anyway."""
        stability = self._card.stability
        if self._is_new or self._card.state != FsrsState.Review or stability is None:
            return
        self._card.stability = max(stability * CUT, min(stability, 1.0))
        self._due_day, self._interval = min(self._due_day or day, day), 1


def _as_card(memory: Memory) -> Card:
    if memory.state == State.NEW or memory.last_day is None:
        return Card(card_id=0)
    last = _noon(memory.last_day)
    return Card(
        card_id=0,
        state=FsrsState(memory.state),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=last,  # the library's rules do not look at it
        last_review=last,
    )


@lru_cache(maxsize=4096)
def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _imported(memory: Memory, known: Known, at: datetime, day: date) -> Memory:
    return Memory(
        state=State.REVIEW,
        stability=known.stability,
        difficulty=known.difficulty,
        due_day=day + timedelta(days=known.interval),
        first_day=memory.first_day or day,
        last_day=day,
        last_at=at,
        interval=known.interval,
        reviews=memory.reviews + 1,
        lapses=memory.lapses,
    )


# ── fuzz ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

_FUZZ: Final = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, float("inf"), 0.05))


def _fuzzed(days: int, last: int, card: bytes, reviews: int) -> int:
    """Cards that were learned together shall not come back together for ever. The random part follows from the card and
    the number of the review, so that a preview, another device and a replay agree. A card that was known comes back no
    sooner than the ``last`` time, and a better rating no sooner than a worse one."""
    least, most = _range(days)
    least = max(least, min(last, most))
    if least == most:
        return least
    seed = sha256(card + reviews.to_bytes(4)).digest()
    return least + (int.from_bytes(seed[:4]) * (most - least + 1) >> 32)


@lru_cache(maxsize=4096)
def _range(days: int) -> tuple[int, int]:
    """The shortest and the longest interval that ``days`` become: as Anki and the library spread them."""
    if days < 2.5:
        return days, days
    spread = 1.0 + sum(share * max(min(days, end) - start, 0.0) for start, end, share in _FUZZ)
    most = min(round(days + spread), LONGEST_DAYS)
    return min(max(2, round(days - spread)), most), most
