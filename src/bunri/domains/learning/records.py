"""What learning's repository gives and takes: frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fsrs import Rating

from bunri.domains.learning.schedule import RETENTION, Entry, Happened, Known, Memory, Scheduling
from bunri.domains.learning.study_days import ROLLOVER, study_day
from bunri.domains.users.public import SEOUL
from bunri.kit.languages import DEFAULT, Language

NEW_A_DAY: Final = 10
REVIEWS_A_DAY: Final = 60
WEEK_GOAL: Final = 30
"""What holds for who has said nothing: new cards and due cards a day, reviews a week."""


class Channel(StrEnum):
    """How a reminder comes."""

    MAIL = "mail"
    DEVICE = "device"
    """To browsers that show notices while no page is open."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who learns: what their days, their caps and their reminders follow from."""

    person: str
    created_at: datetime
    zone: str = SEOUL
    rollover: int = ROLLOVER
    region: str | None = None
    building: str | None = None
    language: Language = DEFAULT
    new_a_day: int = NEW_A_DAY
    reviews_a_day: int = REVIEWS_A_DAY
    retention: float = RETENTION
    parameters: tuple[float, ...] | None = None
    week_goal: int = WEEK_GOAL
    makes_cards: bool = True
    """Whether a scan whose first guess was wrong becomes a card by itself."""
    reminder_hour: int | None = None
    remind_by: Channel = Channel.MAIL
    """What they would rather have; the other one where that cannot be."""
    remind_at: datetime | None = None
    paused_until: date | None = None

    def day(self, moment: datetime) -> date:
        """The study day of ``moment``."""
        return study_day(moment, ZoneInfo(self.zone), self.rollover)

    @property
    def scheduling(self) -> Scheduling:
        return Scheduling(self.parameters, self.retention)


class DeckKind(StrEnum):
    OWN = "own"
    """Made by its owner, who may share it."""
    SCANS = "scans"
    """What its owner has photographed."""
    EVERYDAY = "everyday"
    HAZARDS = "hazards"
    """Those two are made from the rule table, for everybody of a district and a language."""
    CLASS = "class"


class Role(StrEnum):
    OWNER = "owner"
    EDITOR = "editor"
    LEARNER = "learner"

    @property
    def may_edit(self) -> bool:
        return self != Role.LEARNER


class CardKind(StrEnum):
    """How a card asks."""

    FLIP = "flip"
    TYPED = "typed"
    """A few words, compared with the back and ``accepted``."""
    CHOICE = "choice"
    """One of ``choices``; the right one is the back, or where the back explains it, the first of ``accepted``."""
    TITLE = "title"
    """The back is read, and its title guessed: the front."""
    RECALL = "recall"
    """Written from memory, and judged by what is missing."""


class Origin(StrEnum):
    """Where a card comes from; ``origin_id`` says which."""

    WRITTEN = "written"
    RULE = "rule"
    SCAN = "scan"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Deck:
    id: UUID
    kind: DeckKind
    name: str
    owner: str | None
    language: Language
    created_at: datetime
    updated_at: datetime
    description: str = ""
    region: str | None = None
    rule_version: str | None = None
    share_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Member:
    deck_id: UUID
    person: str
    role: Role
    name: str
    joined_at: datetime
    shows_week: bool = False
    """Whether the others who learn the deck see how much of it they did this week."""


@dataclass(frozen=True, slots=True)
class DeckWeek:
    """How much of a deck somebody did since a day, and how many of its cards they know."""

    person: str
    name: str
    reviewed: int
    known: int


@dataclass(frozen=True, slots=True)
class Card:
    """``front`` and ``back`` are Markdown; pictures are ``![…](media:<id>)``, and ``media`` lists their ids."""

    id: UUID
    deck_id: UUID
    note_id: UUID
    kind: CardKind
    front: str
    back: str
    created_at: datetime
    updated_at: datetime
    position: int = 0
    guid: str | None = None
    choices: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    """Other answers that are right."""
    tags: tuple[str, ...] = ()
    media: tuple[UUID, ...] = ()
    item: str | None = None
    """The item of the rule table that it is about."""
    material: str | None = None
    rule_hash: str | None = None
    """Of the rule's answer that it was made from."""
    edited: bool = False
    """Its owner has changed what was made from the rule: it follows the rule no more, and says that it changed."""
    before: str | None = None
    """What it said before the rule changed."""
    changed_at: datetime | None = None
    origin: Origin = Origin.WRITTEN
    origin_id: str | None = None
    author: str | None = None
    pending: bool = False
    """A pupil suggested it, and the teacher has not looked at it yet."""
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """A card and what one person remembers of it."""

    card: Card
    memory: Memory
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A row of the log."""

    id: UUID
    person: str
    card_id: UUID
    kind: Happened
    rating: int | None
    reviewed_at: datetime
    day: date
    received_at: datetime
    seconds: float | None = None
    answer: str | None = None
    grade: dict[str, Any] | None = None
    """How an answer was judged; of what was imported without its log, what was known of it."""
    undone_at: datetime | None = None
    recalled: bool | None = None
    """Of the first answer of a day to a card that was in review: whether it was right. Follows from the log, as the
    memory does."""

    @property
    def entry(self) -> Entry:
        known = Known(**self.grade) if self.kind == Happened.IMPORTED and self.grade else None
        return Entry(self.kind, Rating(self.rating) if self.rating else None, self.reviewed_at, self.day, known)


class MadeBy(StrEnum):
    BUILTIN = "builtin"
    MODEL = "model"
    """The built-in questions, some of them worded by a language model."""


@dataclass(frozen=True, slots=True)
class WeeklyTest:
    """``week``: its Monday, in the person's study days. A person has one a week."""

    id: UUID
    person: str
    week: date
    made_by: MadeBy
    created_at: datetime
    completed_at: datetime | None = None


class QuestionKind(StrEnum):
    CHOICE = "choice"
    TRUE_FALSE = "true_false"
    """Whether ``statement`` answers the question: ``true`` or ``false``."""
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class WeeklyTestQuestion:
    """``question`` is Markdown, all else plain text. ``score`` as a grader's, 0 to 100; None: not answered."""

    test_id: UUID
    position: int
    card_id: UUID | None
    kind: QuestionKind
    question: str
    answer: str
    statement: str | None = None
    choices: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    material: str | None = None
    given: str | None = None
    score: int | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WeeklyTestSummary:
    test: WeeklyTest
    questions: int
    answered: int
    right: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often people kept the grades of one grader."""

    by: str
    graded: int
    overruled: int
    agreed: int
    """Of those overruled: the person, too, said that it was right, or that it was wrong."""


class Part(StrEnum):
    """Of the queue."""

    STEP = "step"
    DUE = "due"
    NEW = "new"
    SOON = "soon"
    """A step that is due within 20 minutes, when there is nothing else."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One card of the queue; ``waiting`` counts its part before the day's cap."""

    card_id: UUID
    part: Part
    waiting: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule changed; those who learn its card are told in the order of their ids, up to ``told_until`` so far."""

    card_id: UUID
    changed_at: datetime
    told_until: str = ""


@dataclass(frozen=True, slots=True)
class ReminderNotice:
    """A reminder on its way to one device of a person. ``collection``: in words, of its language."""

    person: str
    day: date
    device_id: UUID
    language: Language
    due: int
    collection: tuple[str, ...]
    expires_at: datetime
    """From then on it is no more use."""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    id: UUID
    deck_id: UUID
    owner: str | None
    sha256: bytes
    content_type: str
    size: int
    created_at: datetime


MEDIA: Final = "card-media/"
"""The folder of the object store."""


def media_key(media: UUID) -> str:
    return f"{MEDIA}{media}"
