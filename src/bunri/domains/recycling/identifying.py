"""What a thing is: weighs the items that the facts could mean, and says what spoke for each.

A naive Bayes by hand: each candidate starts with a weight (the shares of the class seen, a little for whatever fits the
material or was said) and is multiplied by how well material, form and words fit. Tags and regions have no say here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bunri.domains.recycling.public import Facts
from bunri.domains.recycling.rows import UNKNOWN_ITEM, Item, Text
from bunri.domains.recycling.table import NOT_WASTE, RuleTable
from bunri.domains.recycling.words import Hit, find
from bunri.kit.materials import Material


class Clue(StrEnum):
    """What spoke for an item or changed its advice."""

    NAMED = "named"
    SEEN = "seen"
    SAID = "said"
    MATERIAL = "material"
    FORM = "form"
    UNKNOWN = "unknown"
    CONDITION = "condition"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Reason:
    """A clue and what it was: the class seen, the words said, the name of a condition or region."""

    clue: Clue
    what: str | Text = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that the facts could mean, and how much of the evidence is for it (all candidates together 1)."""

    item: Item
    certainty: float
    reasons: tuple[Reason, ...]


_RELATED: Final = (
    frozenset({Material.PET, Material.PLASTIC}),
    frozenset({Material.PAPER, Material.CARDBOARD, Material.CARTON}),
    frozenset({Material.VINYL, Material.PLASTIC}),
    frozenset({Material.STYROFOAM, Material.PLASTIC}),
    frozenset({Material.ELECTRONICS, Material.BATTERY, Material.LAMP}),
)
"""Materials that eyes take for one another."""

_DEFAULT, _SAME_MATERIAL, _HEARD = 0.1, 0.005, 0.02
"""Weight of the material's usual item, of its other items, and of an item known only from words, before the factors."""

_OUTSIDE = 0.1
"""How much less the first two weigh when the class seen has an item of that material itself."""

_KIN, _STRANGER, _FORMLESS, _MISSHAPEN = 0.3, 0.03, 0.5, 0.03
"""Factors for a related and a different material, for an item without a form and one of another form."""

_LOUD = 10_000
"""How much more an exact word weighs than a mere possibility: what a person says beats what a model sees."""

_RARE = 0.03
"""Candidates with a smaller share are not worth telling."""


def identify(table: RuleTable, facts: Facts) -> list[Candidate]:
    """What the facts could mean, most likely first; never empty."""
    named = table.items.get(facts.label or "")
    if named:
        return [Candidate(named, 1.0, (Reason(Clue.NAMED),))]
    seen: Mapping[str, float] = table.classes.get((facts.label or "").strip().casefold(), {})
    heard = find(" ".join(filter(None, (facts.words, None if seen else facts.label))), table.terms)
    weights = {
        slug: _weight(table.items[slug], prior, facts, heard.get(slug))
        for slug, prior in _priors(table, facts, seen, heard).items()
    }
    total = sum(weights.values())
    if not total:
        return [Candidate(table.items[UNKNOWN_ITEM], 0.0, (Reason(Clue.UNKNOWN),))]
    best = sorted(weights, key=lambda slug: -weights[slug])  # stable: of equals the table's first
    shares = [(table.items[slug], weights[slug] / total) for slug in best]
    return [
        Candidate(item, share, _reasons(item, facts, heard.get(item.slug), item.slug in seen))
        for rank, (item, share) in enumerate(shares)
        if not rank or share >= _RARE
    ]


def meanings(table: RuleTable, label: str) -> list[tuple[Item, float]] | None:
    """What a label usually means and how often, likeliest first; empty for what is not waste, None when unknown."""
    guesses = {label: 1.0} if label in table.items else table.classes.get(label.strip().casefold())
    if guesses is None:
        hits = find(label, table.terms)
        total = sum(hit.quality**4 for hit in hits.values())
        guesses = {slug: hit.quality**5 / total for slug, hit in hits.items()}
    if not guesses:
        return None
    known = [(table.items[slug], share) for slug, share in guesses.items()]
    return sorted(((item, share) for item, share in known if item.category != NOT_WASTE), key=lambda pair: -pair[1])


def _priors(table: RuleTable, facts: Facts, seen: Mapping[str, float], heard: Mapping[str, Hit]) -> dict[str, float]:
    """Every item that something speaks for, in the table's order, with its weight before the evidence is compared."""
    default = table.defaults[facts.material] if facts.material is not Material.UNKNOWN else None
    scale = _OUTSIDE if any(table.items[slug].material is facts.material for slug in seen) else 1.0
    priors: dict[str, float] = {}
    for slug, item in table.items.items():
        prior = max(
            seen.get(slug, 0.0),
            _HEARD if slug in heard else 0.0,
            scale * _DEFAULT if slug == default else 0.0,
            scale * _SAME_MATERIAL if default and item.material is facts.material else 0.0,
        )
        if prior:
            priors[slug] = prior
    return priors


def _weight(item: Item, prior: float, facts: Facts, hit: Hit | None) -> float:
    voice = 1 + _LOUD * hit.quality**4 if hit else 1.0
    return prior * _fits(item, facts.material) * _shaped(item, facts.form) * voice


def _fits(item: Item, material: Material) -> float:
    if material in (Material.UNKNOWN, item.material) or item.material is Material.UNKNOWN:
        return 1.0
    return _KIN if any(family.issuperset((material, item.material)) for family in _RELATED) else _STRANGER


def _shaped(item: Item, form: str | None) -> float:
    if not form or form in item.forms:
        return 1.0
    return _MISSHAPEN if item.forms else _FORMLESS


def _reasons(item: Item, facts: Facts, hit: Hit | None, seen: bool) -> tuple[Reason, ...]:
    reasons = []
    if hit:
        reasons.append(Reason(Clue.SAID, hit.term.text))
    if seen:
        reasons.append(Reason(Clue.SEEN, facts.label or ""))
    if facts.material is item.material:
        reasons.append(Reason(Clue.MATERIAL, facts.material.value))
    if facts.form and facts.form in item.forms:
        reasons.append(Reason(Clue.FORM, facts.form))
    return tuple(reasons)
