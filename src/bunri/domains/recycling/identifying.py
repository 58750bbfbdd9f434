"""Identifies the item that facts describe: weighs all items that the facts could mean, with the reasons for each.

This is a hand-made naive Bayes classifier. Each candidate starts with a prior (the share of the detected class, or a
small one for items that fit the material or were named in words), which is multiplied by factors for how well material,
form and words fit. Tags and regions do not matter here.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bunri.domains.recycling.public import Facts
from bunri.domains.recycling.rows import NOT_WASTE, UNKNOWN_ITEM, ItemRow, Text
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.words import Hit, find
from bunri.kit.materials import Material


class Clue(StrEnum):
    """Kinds of evidence for an item, and kinds of change to its advice."""

    NAMED = "named"
    SEEN = "seen"
    SAID = "said"
    MATERIAL = "material"
    MATERIAL_SAID = "material_said"
    FORM = "form"
    UNKNOWN = "unknown"
    CONDITION = "condition"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Reason:
    """A clue and its value: the detected class, the words typed, the name of an item, condition or region."""

    clue: Clue
    what: str | Text = ""


@dataclass(frozen=True, slots=True)
class ItemCandidate:
    """An item that the facts could mean, and its share of the evidence (all candidates together 1)."""

    item: ItemRow
    certainty: float
    reasons: tuple[Reason, ...]


_RELATED: Final = (
    frozenset({Material.PET, Material.PLASTIC}),
    frozenset({Material.PAPER, Material.CARDBOARD, Material.CARTON}),
    frozenset({Material.VINYL, Material.PLASTIC}),
    frozenset({Material.STYROFOAM, Material.PLASTIC}),
    frozenset({Material.ELECTRONICS, Material.BATTERY, Material.LAMP}),
)
"""Materials that vision models confuse with one another."""

_USUAL_ITEM_PRIOR, _SAME_MATERIAL_PRIOR, _NAMED_PRIOR = 0.1, 0.005, 0.02
"""Prior of the material's usual item, of its other items, and of an item that only words name."""

_CLASS_HAS_MATERIAL_FACTOR = 0.1
"""Factor of the first two priors when the detected class has an item of that material itself."""

_RELATED_FACTOR, _OTHER_MATERIAL_FACTOR, _NO_FORM_FACTOR, _OTHER_FORM_FACTOR = 0.3, 0.03, 0.5, 0.03
"""Factors for a related material, a different material, an item without a form and an item of another form."""

_WORDS_FACTOR = 10_000
"""Factor for an exact word: what a person types outweighs what a model detects."""

_MIN_SHARE = 0.03
"""Candidates with a smaller share are left out, except the best."""


def identify(table: RuleTable, facts: Facts) -> list[ItemCandidate]:
    """The items that the facts could mean, most likely first; never empty."""
    named = table.items.get(facts.label or "")
    if named:
        return [ItemCandidate(named, 1.0, (Reason(Clue.NAMED if facts.said else Clue.SEEN, named.name),))]
    class_shares: Mapping[str, float] = table.classes.get((facts.label or "").strip().casefold(), {})
    hits = named_items(table, " ".join(filter(None, (facts.words, None if class_shares else facts.label))))
    weights = {
        slug: _weight(table.items[slug], prior, facts, hits.get(slug))
        for slug, prior in _priors(table, facts, class_shares, hits).items()
    }
    total = sum(weights.values())
    if not total:
        return [ItemCandidate(table.items[UNKNOWN_ITEM], 0.0, (Reason(Clue.UNKNOWN),))]
    best = sorted(weights, key=lambda slug: -weights[slug])  # stable: of equals the table's first
    shares = [(table.items[slug], weights[slug] / total) for slug in best]
    return [
        ItemCandidate(item, share, _reasons(item, facts, hits.get(item.slug), item.slug in class_shares))
        for rank, (item, share) in enumerate(shares)
        if not rank or share >= _MIN_SHARE
    ]


def named_items(table: RuleTable, words: str, among: Container[str] | None = None) -> dict[str, Hit]:
    """The items (of the slugs ``among``) that ``words`` name, without those whose names are only near."""
    terms = table.terms if among is None else [term for term in table.terms if term.item in among]
    return {slug: hit for slug, hit in find(words, terms, table.vocabulary).items() if hit.sure}


def meanings(table: RuleTable, label: str) -> list[tuple[ItemRow, float]] | None:
    """The items that a label may mean and their shares, likeliest first.

    Empty for what is not waste; None for a label that the table does not know.
    """
    guesses = {label: 1.0} if label in table.items else table.classes.get(label.strip().casefold())
    if guesses is None:
        hits = find(label, table.terms, table.vocabulary)
        total = sum(hit.quality**4 for hit in hits.values())
        guesses = {slug: hit.quality**5 / total for slug, hit in hits.items()}
    if not guesses:
        return None
    known = [(table.items[slug], share) for slug, share in guesses.items()]
    return sorted(((item, share) for item, share in known if item.category != NOT_WASTE), key=lambda pair: -pair[1])


def divisions(table: RuleTable) -> dict[Material, list[tuple[ItemRow, float]]]:
    """The things over which a material divides and their shares, together 1: first its usual one, then those that go
    elsewhere. A material whose things all go the same way is left out."""
    divided = {}
    for material, shares in table.divisions.items():
        others = [(table.items[slug], share) for slug, share in shares.items()]
        divided[material] = [(table.items[table.defaults[material]], 1 - sum(shares.values())), *others]
    return divided


def _priors(
    table: RuleTable, facts: Facts, class_shares: Mapping[str, float], hits: Mapping[str, Hit]
) -> dict[str, float]:
    """Prior of every item with some evidence, in the table's order."""
    default = table.defaults[facts.material] if facts.material is not Material.UNKNOWN else None
    scale = (
        _CLASS_HAS_MATERIAL_FACTOR
        if any(table.items[slug].material is facts.material for slug in class_shares)
        else 1.0
    )
    priors: dict[str, float] = {}
    for slug, item in table.items.items():
        prior = max(
            class_shares.get(slug, 0.0),
            _NAMED_PRIOR if slug in hits else 0.0,
            scale * _USUAL_ITEM_PRIOR if slug == default else 0.0,
            scale * _SAME_MATERIAL_PRIOR if default and item.material is facts.material else 0.0,
        )
        if prior:
            priors[slug] = prior
    return priors


def _weight(item: ItemRow, prior: float, facts: Facts, hit: Hit | None) -> float:
    words_factor = 1 + _WORDS_FACTOR * hit.quality**4 if hit else 1.0
    return prior * _material_factor(item, facts.material) * _form_factor(item, facts.form) * words_factor


def _material_factor(item: ItemRow, material: Material) -> float:
    if material in (Material.UNKNOWN, item.material) or item.material is Material.UNKNOWN:
        return 1.0
    return (
        _RELATED_FACTOR
        if any(family.issuperset((material, item.material)) for family in _RELATED)
        else _OTHER_MATERIAL_FACTOR
    )


def _form_factor(item: ItemRow, form: str | None) -> float:
    if not form or form in item.forms:
        return 1.0
    return _OTHER_FORM_FACTOR if item.forms else _NO_FORM_FACTOR


def _reasons(item: ItemRow, facts: Facts, hit: Hit | None, seen: bool) -> tuple[Reason, ...]:
    reasons = []
    if hit:
        reasons.append(Reason(Clue.SAID, hit.term.text))
    if seen:
        reasons.append(Reason(Clue.SEEN, facts.label or ""))
    if facts.material is item.material:
        clue = Clue.MATERIAL_SAID if facts.said else Clue.MATERIAL
        reasons.append(Reason(clue, facts.material.value))
    if facts.form and facts.form in item.forms:
        reasons.append(Reason(Clue.FORM, facts.form))
    return tuple(reasons)
