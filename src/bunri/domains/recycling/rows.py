"""The rows of the rule table, as people write them in ``data/`` and the database stores them.

A *document* is the whole table as plain JSON, ``{kind: [row, …]}``, every row with a ``slug``. ``parse`` makes frozen
values of it, whose fields are named like those of the files; checks.py compares rows with each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Any, Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic_core import ErrorDetails

from bunri.domains.recycling.public import Pictogram
from bunri.kit.languages import Language
from bunri.kit.materials import Material, Tag

Document = dict[str, list[dict[str, Any]]]

NOT_WASTE: Final = "not_waste"
"""The category of detected classes that are no waste: a person, a bus."""
KINDS: Final = (
    "source",
    "step",
    "category",
    "condition",
    "item",
    "region",
    "override",
    "class",
    "material",
    "kind",
    "division",
    "vocabulary",
)
UNKNOWN_ITEM: Final = "unknown-item"
"""The item for facts that say nothing about the thing."""

_STRICT: Final = ConfigDict(extra="forbid", str_min_length=1)


class BadRules(ValueError):
    """The rule table contradicts itself. ``problems`` has one sentence for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("the rule table has mistakes:\n  " + "\n  ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Text:
    """A sentence in every supported language."""

    ko: str
    en: str

    def of(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True, config=_STRICT)
class Step:
    """One thing to do. A shared step has a key by which a condition can drop it; ``sign`` is the drawing for it."""

    text: Text
    key: str | None = None
    sign: Pictogram | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class Provenance:
    """The source of a row, and the day on which the row was compared with it."""

    source: str
    date: date
    verified: bool


@dataclass(frozen=True, slots=True, config=_STRICT)
class SourceRow:
    slug: str
    name: Text
    url: str | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class CategoryRow:
    """A disposal category. ``place`` is the last of its steps, which says where to put the thing; ``bins`` are kinds of
    bin, best first."""

    slug: str
    name: Text
    place: Text
    steps: tuple[Step, ...]
    why: Text
    bins: tuple[str, ...]
    rule: Provenance


@dataclass(frozen=True, slots=True, config=_STRICT)
class Synonyms:
    ko: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class ItemPart:
    """A part whose category differs from that of the whole."""

    name: Text
    material: Material
    category: str


@dataclass(frozen=True, slots=True, config=_STRICT)
class ItemRow:
    """An item and its rule. Without ``steps`` or ``why`` those of its category are used; ``note`` is for reviewers."""

    slug: str
    name: Text
    category: str
    material: Material
    rule: Provenance
    also: Synonyms = field(default_factory=Synonyms)
    forms: tuple[str, ...] = ()
    steps: tuple[Step, ...] | None = None
    why: Text | None = None
    parts: tuple[ItemPart, ...] = ()
    note: str | None = None

    def names(self) -> tuple[str, ...]:
        """All its names, the official ones first."""
        return (self.name.ko, self.name.en, *self.also.ko, *self.also.en)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Offer:
    """The items for which a condition is commonly true, so that people are offered its tag: those of the materials and
    categories and the items named, without ``unless``. With ``unless`` alone, all others."""

    materials: tuple[Material, ...] = ()
    categories: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def names(self, item: "ItemRow") -> bool:
        anything = not (self.materials or self.categories or self.items)
        return item.slug not in self.unless and (
            anything or item.material in self.materials or item.category in self.categories or item.slug in self.items
        )


@dataclass(frozen=True, slots=True, config=_STRICT)
class ConditionRow:
    """What a tag changes, for some items or categories (both empty: for all). Whoever says the tag is heard; ``offer``
    says only who is asked.

    With ``category`` the thing goes to that one and ``steps`` replace its own; without, steps whose key is in ``drop``
    are removed and ``first`` come before the rest.
    """

    slug: str
    tag: Tag
    name: Text
    rule: Provenance
    categories: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    without: tuple[Tag, ...] = ()
    category: str | None = None
    steps: tuple[Step, ...] | None = None
    drop: tuple[str, ...] = ()
    first: tuple[Step, ...] = ()
    why: Text | None = None
    offer: Offer = field(default_factory=Offer)

    def applies(self, item: str, category: str, tags: frozenset[Tag]) -> bool:
        """Whether it applies to an item whose category is ``category`` after the earlier changes."""
        return (
            self.tag in tags
            and tags.isdisjoint(self.without)
            and (not self.categories or category in self.categories)
            and (not self.items or item in self.items)
            and item not in self.except_
        )


@dataclass(frozen=True, slots=True, config=_STRICT)
class RegionRow:
    """A city or district; ``within`` another, whose overrides it inherits."""

    slug: str
    name: Text
    also: tuple[str, ...] = ()
    within: str | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class OverrideRow:
    """What one region does differently, for some items or for whole categories, maybe only with a tag."""

    slug: str
    region: str
    rule: Provenance
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    category: str | None = None
    steps: tuple[Step, ...] | None = None
    first: tuple[Step, ...] = ()
    last: tuple[Step, ...] = ()
    place: Text | None = None
    why: Text | None = None
    note: str | None = None

    def applies(self, item: str, category: str, tags: frozenset[Tag]) -> bool:
        return (item in self.items or category in self.categories) and tags.issuperset(self.tags)


@dataclass(frozen=True, slots=True, config=_STRICT)
class ClassRow:
    """The items that a detector's class may be, with their probabilities, together 1."""

    slug: str
    items: dict[str, float]


@dataclass(frozen=True, slots=True, config=_STRICT)
class MaterialRow:
    """The item that is assumed when only the material is known."""

    slug: Material
    item: str


@dataclass(frozen=True, slots=True, config=_STRICT)
class KindRow:
    """A word under which people find what they hold: that of a material, or of the item whose slug it has."""

    slug: str
    name: Text
    hazard: bool = False


@dataclass(frozen=True, slots=True, config=_STRICT)
class DivisionRow:
    """Things of a material that go elsewhere than its usual item, with their shares; the rest is the usual item."""

    slug: Material
    items: dict[str, float]


@dataclass(frozen=True, slots=True, config=_STRICT)
class VocabularyRow:
    """Words that do the same to the meaning of a name beside which they stand."""

    slug: Literal["generic", "altering", "harmless", "endings"]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, config=_STRICT)
class StepRow:
    slug: str
    ko: str
    en: str
    sign: Pictogram | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class Rows:
    """A document, parsed."""

    source: tuple[SourceRow, ...]
    step: tuple[StepRow, ...]
    category: tuple[CategoryRow, ...]
    condition: tuple[ConditionRow, ...]
    item: tuple[ItemRow, ...]
    region: tuple[RegionRow, ...]
    override: tuple[OverrideRow, ...]
    class_: tuple[ClassRow, ...]
    material: tuple[MaterialRow, ...]
    kind: tuple[KindRow, ...]
    division: tuple[DivisionRow, ...]
    vocabulary: tuple[VocabularyRow, ...]

    def with_provenance(self) -> "tuple[CategoryRow | ConditionRow | ItemRow | OverrideRow, ...]":
        """The rows that state a rule, so each has a source and a date."""
        return (*self.category, *self.condition, *self.item, *self.override)

    def changing(self) -> "tuple[ConditionRow | OverrideRow, ...]":
        """The rows that change the advice of another row."""
        return (*self.condition, *self.override)


def parse(document: Document) -> Rows:
    """The rows of ``document`` with their shared steps filled in. Raises BadRules."""
    steps = {row.get("slug"): row for row in document.get("step", ())}
    problems: list[str] = []
    filled = {
        f"{kind}_" if kind == "class" else kind: [_with_steps(row, steps, problems) for row in document.get(kind, ())]
        for kind in KINDS
    }
    if problems:
        raise BadRules(problems)
    try:
        return TypeAdapter(Rows).validate_python(filled)
    except ValidationError as error:
        raise BadRules([_sentence(document, mistake) for mistake in error.errors()]) from None


def spellings(region: RegionRow) -> tuple[str, ...]:
    """All names of a region."""
    return (region.slug, region.name.ko, region.name.en, *region.also)


def _with_steps(row: dict[str, Any], steps: Mapping[Any, dict[str, Any]], problems: list[str]) -> dict[str, Any]:
    filled = {("except_" if name == "except" else name): value for name, value in row.items()}
    for name in ("steps", "first", "last"):
        if name in filled:
            filled[name] = [_step(entry, steps, row, problems) for entry in filled[name]]
    return filled


def _step(entry: Any, steps: Mapping[Any, dict[str, Any]], row: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    if isinstance(entry, dict):
        sentences = {language: sentence for language, sentence in entry.items() if language != "sign"}
        return {"text": sentences, "sign": entry.get("sign")}
    if not isinstance(entry, str):
        return {"text": entry}
    if entry not in steps:
        problems.append(f"{row.get('slug')}: there is no shared step {entry!r}")
        return {}
    shared = steps[entry]
    return {"key": entry, "text": {"ko": shared.get("ko"), "en": shared.get("en")}, "sign": shared.get("sign")}


def _sentence(document: Document, mistake: ErrorDetails) -> str:
    kind, position, *rest = (*mistake["loc"], "", "")
    name = str(kind).rstrip("_")
    rows = document.get(name, [])
    is_row = isinstance(position, int) and position < len(rows)
    slug = rows[int(position)].get("slug", position) if is_row else position
    return f"{name} {slug}: {'.'.join(str(part) for part in rest if part != '')}: {mistake['msg']}"
