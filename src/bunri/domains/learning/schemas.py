"""What learning takes and gives."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from fsrs import Rating
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bunri.domains.learning.grades import Grade
from bunri.domains.learning.records import CardKind, DeckKind, Origin, Part, Role
from bunri.domains.learning.schedule import State
from bunri.kit.finding import composed
from bunri.kit.languages import Language

LONGEST_ANSWER = 500
"""Characters of a typed answer."""
LONGEST_SIDE = 10_000
"""Characters of a side of a card."""

Text = Annotated[str, AfterValidator(lambda text: composed(text.replace("\x00", "")))]
"""In NFC (macOS sends NFD), without the one character that PostgreSQL cannot keep."""
OneLine = Annotated[
    Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x01-\x1f\x7f]+$")
]
Side = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_SIDE)]
Tag = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\s,]+$")]
Answer = Annotated[Text, StringConstraints(max_length=LONGEST_ANSWER)]


class RatingName(StrEnum):
    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"

    @property
    def rating(self) -> Rating:
        return Rating[self.name.capitalize()]


# ── decks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class DeckIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: OneLine
    description: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    language: Language = "ko"


class DeckChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: OneLine | None = None
    description: Annotated[Text, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class DeckOut(BaseModel):
    id: UUID
    kind: DeckKind
    name: str
    description: str
    language: Language
    region: str | None = Field(description="The district whose rules it teaches; null: the national ones, or none.")
    role: Role = Field(description="The caller's place in it.")
    cards: int
    shared: bool = Field(description="There is a link by which others can learn it.")
    updated_at: datetime


class ShareOut(BaseModel):
    token: str = Field(description="Shown once; making another one ends it.")
    path: str


class JoinIn(BaseModel):
    token: str = Field(min_length=1, max_length=100)
    name: OneLine | None = Field(None, description="How one is called among those who learn it.")


class DeckMemberOut(BaseModel):
    person: str
    name: str
    role: Role
    joined_at: datetime


# ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class CardIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    deck_id: UUID
    kind: CardKind = CardKind.FLIP
    front: Side
    back: Side
    choices: list[OneLine] = Field(
        default_factory=list, max_length=6, description="Of a choice: the back is among them."
    )
    accepted: list[OneLine] = Field(default_factory=list, max_length=20, description="Other answers that are right.")
    tags: list[Tag] = Field(default_factory=list, max_length=20)
    both_ways: bool = Field(False, description="Of a card that is turned: a second one asks the other way round.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind == CardKind.CHOICE and not (len(set(self.choices)) >= 2 and self.back in self.choices):
            raise ValueError("a choice has two to six different choices, and the back is one of them")
        if self.both_ways and self.kind != CardKind.FLIP:
            raise ValueError("only cards that are turned can ask both ways")
        return self


class CardChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    kind: CardKind | None = None
    front: Side | None = None
    back: Side | None = None
    choices: list[OneLine] | None = Field(None, max_length=6)
    accepted: list[OneLine] | None = Field(None, max_length=20)
    tags: list[Tag] | None = Field(None, max_length=20)
    suspended: bool | None = Field(None, description="For oneself: it is not asked until this is taken back.")
    seen_change: bool | None = Field(None, description="True: what the card said before is not shown any more.")


class BulkIn(BaseModel):
    """One change of many cards of one deck."""

    model_config = ConfigDict(extra="forbid")

    ids: list[UUID] = Field(min_length=1, max_length=500)
    add_tags: list[Tag] = Field(default_factory=list, max_length=20)
    remove_tags: list[Tag] = Field(default_factory=list, max_length=20)
    to_deck: UUID | None = Field(None, description="Move them into that deck of one's own.")
    suspended: bool | None = None
    remove: bool = False


class CardOut(BaseModel):
    id: UUID
    deck_id: UUID
    kind: CardKind
    front: str = Field(description="Markdown; pictures are `media:<id>`.")
    back: str
    choices: tuple[str, ...]
    accepted: tuple[str, ...]
    tags: tuple[str, ...]
    media: dict[str, str] = Field(description="Addresses of the pictures by their ids, good for some hours.")
    item: str | None = Field(description="The item of the rule table that it is about.")
    material: str | None
    before: str | None = Field(description="What it said before the rule changed; null: it did not.")
    changed_at: datetime | None
    origin: Origin
    origin_id: str | None = Field(description="Of a card made from a scan: the analysis.")
    updated_at: datetime


class MyCardOut(CardOut):
    """With what the caller remembers of it."""

    state: State = Field(description="0 new, 1 learning, 2 review, 3 relearning.")
    due_day: date | None
    due_at: datetime | None
    suspended: bool
    lapses: int
    hard: bool = Field(description="It was forgotten so often that it should be looked at differently.")


# ── pictures of cards ─────────────────────────────────────────────────────────────────────────────────────────────────


class MediaOut(BaseModel):
    id: UUID
    markdown: str = Field(description="What a side of a card says to show it.")
    url: str = Field(description="Good for some hours.")


# ── reviews ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Preview(BaseModel):
    """How long each rating would put the card off: whole days as `P3D`, steps as `PT10M` or `PT330S`."""

    again: str
    hard: str
    good: str
    easy: str

    @classmethod
    def of(cls, pauses: Mapping[Rating, timedelta]) -> Self:
        return cls(**{rating.name.lower(): iso(pause) for rating, pause in pauses.items()})


class DueCard(MyCardOut):
    part: Part = Field(description="Why it is here: a step, due, new, or a step that is due soon.")
    stability: float | None = Field(description="Days.")
    difficulty: float | None
    retrievability: float | None = Field(description="How likely it is known today, 0 to 1.")
    preview: Preview


class Counts(BaseModel):
    """As many as are really asked today."""

    new: int
    learning: int
    review: int


class Backlog(BaseModel):
    """What waits beyond today's cap."""

    waiting: int = Field(description="Cards that are due, with those of today.")
    a_day: int
    days: int = Field(description="Until all of them were asked, at so many a day.")


class TomorrowDay(BaseModel):
    material: str
    begins: time | None = Field(description="From when it may be put out, local time; null: nobody has said.")
    ends: time | None = Field(description="Until when; not later than `begins`: until the next morning.")


class Tomorrow(BaseModel):
    """What is collected tomorrow where the caller lives: nothing where nobody has said."""

    materials: tuple[str, ...] = ()
    day: date | None = None
    days: tuple[TomorrowDay, ...] = ()


class DueOut(BaseModel):
    cards: list[DueCard]
    counts: Counts
    backlog: Backlog | None = None
    tomorrow: Tomorrow = Field(default_factory=Tomorrow)
    day: date = Field(description="The caller's study day.")


class ReviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(description="Made by the client (UUIDv7): the same one twice is once.")
    rating: RatingName | None = None
    answer: Answer | None = Field(None, description="What was typed; without a rating it is graded.")
    reviewed_at: AwareDatetime | None = Field(None, description="When it happened; later than now is now.")
    seconds: float | None = Field(None, ge=0, le=3600, allow_inf_nan=False)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rating is None and self.answer is None:
            raise ValueError("a review has a rating or an answer")
        return self


class BatchReview(ReviewIn):
    card_id: UUID


class BatchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reviews: list[BatchReview] = Field(min_length=1, max_length=500)


class Overrule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rating: RatingName


class ReviewOut(BaseModel):
    """What became of the card."""

    id: UUID
    card: DueCard
    grade: Grade | None = Field(None, description="Of an answer that was sent without a rating.")


class BatchResult(BaseModel):
    id: UUID
    status: str = Field(description="`kept`, `known` (it was there already), `card_missing`, `review_id_taken`.")


class BatchOut(BaseModel):
    results: list[BatchResult]
    counts: Counts


def iso(pause: timedelta) -> str:
    """``P3D`` for whole days, ``PT10M`` or ``PT330S`` for less."""
    if pause.seconds == 0 and pause.days:
        return f"P{pause.days}D"
    seconds = int(pause.total_seconds())
    return f"PT{seconds // 60}M" if seconds % 60 == 0 else f"PT{seconds}S"
