"""The public interface of recycling: facts about a thing go in, advice with its rule comes out."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Protocol
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from bunri.kit.events import Event
from bunri.kit.languages import Language
from bunri.kit.materials import Material, Tag


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Guess(_Frozen):
    """One more thing that the same facts could be about."""

    label: str | None = None
    material: Material = Material.UNKNOWN
    form: str | None = None


class Facts(_Frozen):
    """One thing, as far as anybody has seen or said."""

    label: str | None = Field(None, description="An item's slug, or the class a detector named (COCO: 'wine glass').")
    material: Material = Material.UNKNOWN
    form: str | None = Field(None, description="bottle, can, tray, cup, box, bag …")
    tags: tuple[Tag, ...] = ()
    words: str | None = Field(None, max_length=200, description="What the person typed, in any language.")
    said: bool = Field(False, description="Label or material come from the person; else models saw them.")
    guesses: tuple[Guess, ...] = Field((), description="What it could be, to learn whether that makes a difference.")


class RuleRef(_Frozen):
    """The row of the rule table that decided, so that advice can be checked."""

    id: str
    version: str = Field(description="Version of the rule table: a hash of its content.")
    source: str
    date: date
    region: str | None = Field(None, description="The district whose override decided; null for the national rule.")
    verified: bool = Field(True, description="False while a row that had a say was not found in its source.")
    notice: str | None = Field(
        None,
        description="What to tell people beside the advice: that no official source confirms it yet. Null: nothing.",
    )


class Pictogram(StrEnum):
    """What a step looks like: the drawing that an app may put beside its sentence."""

    ASK = "ask"
    BATTERY_OUT = "battery_out"
    CAP_OFF = "cap_off"
    CAP_ON = "cap_on"
    CHECK = "check"
    COLLECT = "collect"
    CUT = "cut"
    DRY = "dry"
    EMPTY = "empty"
    ERASE = "erase"
    FLATTEN = "flatten"
    INSULATE = "insulate"
    LABEL_OFF = "label_off"
    MARK = "mark"
    RINSE = "rinse"
    SEAL = "seal"
    TAKE_APART = "take_apart"
    TAPE_OFF = "tape_off"
    TIE = "tie"
    UNFOLD = "unfold"
    VENT = "vent"
    WRAP = "wrap"


class Disposal(_Frozen):
    """How and why to throw it away."""

    category: str = Field(description="Slug of the category: 'clear_pet', 'paper', 'general' …")
    category_name: str
    steps: tuple[str, ...]
    signs: tuple[Pictogram | None, ...] = Field(
        default_factory=tuple,
        description="What each of the steps looks like, in their order; null where no drawing says the same. Empty or "
        "absent in answers older than this field.",
    )
    why: str
    rule: RuleRef


class Part(_Frozen):
    """A part that goes elsewhere than the whole: the cap of a bottle."""

    name: str
    material: Material
    category: str
    category_name: str


class Alternative(_Frozen):
    """Another item that the same facts could mean."""

    item: str
    name: str
    category: str


class Advice(_Frozen):
    """The rule table's answer to one Facts."""

    item: str = Field(description="Slug of the item of the rule table.")
    name: str = Field(description="Its name in the language asked for.")
    disposal: Disposal
    parts: tuple[Part, ...] = ()
    mixed: bool = False
    alternatives: tuple[Alternative, ...] = ()
    bin_kinds: tuple[str, ...] = Field((), description="Kinds of bin that take it, best first (locations.public).")
    reasons: tuple[str, ...] = Field((), description="Why this item and this rule: what was seen, said and added.")
    guess_categories: tuple[str, ...] = Field(
        (),
        # Advice that version 0.1 stored or sent has the older name.
        validation_alias=AliasChoices("guess_categories", "places"),
        description="Category of each of the facts' guesses, under the same conditions.",
    )
    writer: str = Field("builtin", description="Who worded it: builtin, claude, openai. Never who decided.")


class Match(_Frozen):
    """An item found by words."""

    item: str
    name: str
    category: str
    category_name: str
    material: Material
    form: str | None
    score: float = Field(ge=0, le=1, description="1 is the name itself.")
    sure: bool = Field(
        description="True: the words name this item. False: they only have something in common with its name, so offer "
        "it as 'did you mean', never as the answer."
    )


class Meaning(_Frozen):
    """What a class that a detector names usually turns out to be."""

    item: str
    name: str
    material: Material
    form: str | None
    prior: float = Field(ge=0, le=1, description="Share of the things so named; the rest is anything else.")


class Kind(_Frozen):
    """One of a screenful of words under which people find whatever they hold."""

    value: str = Field(description="A material, or the slug of an item.")
    name: str
    item: str = Field(description="The item whose rule holds for it.")
    material: Material
    form: str | None
    category: str
    hazard: bool = Field(description="Whether it harms people, or sets lorries on fire, in the wrong bag.")


class TableRule(_Frozen):
    """What the table says of an item as it is, in the table's own words, which no language model has touched."""

    item: str = Field(description="Slug of the item.")
    name: str
    also: tuple[str, ...] = Field((), description="Other names, in the language asked for.")
    material: Material
    disposal: Disposal


class CollectionDay(_Frozen):
    """A material is put out on a weekday."""

    material: Material
    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    begins: time | None = Field(None, description="From when, local time; null: nobody has said.")
    ends: time | None = Field(None, description="Until when; not later than `begins`: until the next morning.")


class Collections(_Frozen):
    """When what is collected somewhere. Empty where nobody has said."""

    days: tuple[CollectionDay, ...] = Field((), description="In the order of weekdays.")
    of_building: bool = Field(False, description="Somebody who lives there said them; else they are the district's.")
    source: str | None = Field(None, description="Who says so.")
    changed_at: datetime | None = Field(None, description="Since when it stands so.")


class ExplainRequested(Event):
    """A request for advice on these facts, to be answered by Explained with the same reference."""

    topic = "recycling.explain_requested"
    reference: UUID
    attempt: int
    facts: tuple[Facts, ...]
    language: Language
    region: str | None


class Explained(Event):
    """The advice asked for, one for each of the facts, in order."""

    topic = "recycling.explained"
    reference: UUID
    attempt: int
    advice: tuple[Advice, ...]


class RecyclingPublic(Protocol):
    """The rules of disposal."""

    async def advise(self, facts: Sequence[Facts], language: Language, region: str | None) -> list[Advice]:
        """One Advice for each Facts, in order. Never raises for strange facts: the last resort is the general bag."""
        ...

    async def advise_at_once(
        self, facts: Sequence[Facts], language: Language, region: str | None
    ) -> list[Advice] | None:
        """As ``advise``, for who has no time; None while a language model words the advice, which takes seconds:
        that is asked for by ExplainRequested."""
        ...

    async def search(self, words: str, language: Language, limit: Annotated[int, Field(ge=1, le=200)]) -> list[Match]:
        """Items by words, best first; tolerant of typos, Hangul jamo and synonyms. Where none is ``sure``, the table
        does not know the thing, and what comes is only near."""
        ...

    async def meanings(self, labels: Sequence[str], language: Language) -> dict[str, tuple[Meaning, ...]]:
        """What each label means, likeliest first: nothing for what is not waste (a person); unknown labels are left
        out."""
        ...

    async def kinds(self, language: Language) -> list[Kind]:
        """Everything that people throw away, in few words, commonest first; every category is reached by one."""
        ...

    async def items(self) -> list[str]:
        """The slugs of everything that the table knows to be thrown away, in its order."""
        ...

    async def divisions(self, language: Language) -> dict[Material, tuple[Meaning, ...]]:
        """Over which things a material divides that do not all go the same way: its usual thing first, then one of each
        kind that goes elsewhere, with shares that are together 1."""
        ...

    async def rules_for(
        self, items: Annotated[Sequence[str], Field(max_length=500)], language: Language, region: str | None
    ) -> list[TableRule]:
        """The rule of each item, in order; slugs that the table does not know are left out."""
        ...

    async def local_items(self, region: str | None) -> list[str]:
        """The items that the region, or one around it, treats otherwise than the national rules and says so by name."""
        ...

    async def region(self, named: Annotated[str, Field(max_length=80)], language: Language) -> str:
        """The slug of the region of that slug or name, in any spelling. Raises RegionMissing, which names near ones."""
        ...

    async def collection_days(
        self,
        region: Annotated[str, Field(max_length=80)] | None,
        building: Annotated[str, Field(max_length=80)] | None,
    ) -> Collections:
        """A building's own days, else those of its district, else those of the region around it. None are made up."""
        ...

    async def version(self) -> str:
        """The version of the rule table in force."""
        ...
