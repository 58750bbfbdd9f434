"""Which rule speaks for a thing, and why: facts and a region go in, one pick comes out.

Three steps, each with its reasons: *identify* weighs the items that the facts could mean; *condition* lets the tags
change the advice, each change by a named row; *localise* lets the region's overrides change it. Nothing here raises for
strange facts: the last resort is the general bag. Tags never choose the item and items never look at the region.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Final

from bunri.domains.recycling.public import Facts
from bunri.domains.recycling.rows import (
    UNKNOWN_ITEM,
    Category,
    Condition,
    Item,
    Override,
    Region,
    Rule,
    Step,
    Text,
)
from bunri.domains.recycling.table import NOT_WASTE, RuleTable
from bunri.domains.recycling.words import Hit, find
from bunri.kit.materials import Material, Tag

ALTERNATIVES: Final = 3


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


@dataclass(frozen=True, slots=True)
class Pick:
    """The rule for a thing: what it is, where it goes, how, why, and which rows said so."""

    item: Item
    category: Category
    steps: tuple[Step, ...]
    why: tuple[Text, ...]
    certainty: float
    reasons: tuple[Reason, ...]
    alternatives: tuple[Candidate, ...]
    conditions: tuple[Condition, ...]
    overrides: tuple[Override, ...]
    region: Region | None
    rule: Rule
    mixed: bool

    @property
    def id(self) -> str:
        """The rows that decided: ``pizza-box+greasy-paper@jeju-paper-days``."""
        conditions = "".join(f"+{condition.slug}" for condition in self.conditions)
        return self.item.slug + conditions + "".join(f"@{override.slug}" for override in self.overrides)


def pick(table: RuleTable, facts: Facts, region: str | None = None) -> Pick:
    """The rule for ``facts`` in ``region`` (any spelling; an unknown one means the national rule)."""
    first, *others = identify(table, facts)
    tags = frozenset(facts.tags)
    draft = _condition(table, _draft(table, first), tags)
    draft = _localise(table, draft, tags, table.surroundings(table.region(region)))
    place = Step(draft.place or draft.category.place)
    return Pick(
        item=first.item,
        category=draft.category,
        steps=(*draft.steps, place),
        why=draft.why,
        certainty=first.certainty,
        reasons=first.reasons + draft.reasons,
        alternatives=tuple(others[:ALTERNATIVES]),
        conditions=draft.conditions,
        overrides=draft.overrides,
        region=table.regions[draft.overrides[0].region] if draft.overrides else None,
        rule=_deciding(draft),
        mixed=bool(first.item.parts) or Tag.MIXED in tags,
    )


# --- identify ---------------------------------------------------------------------------------------------------------

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

_KIN, _STRANGER, _FORMLESS, _MISSHAPEN = 0.3, 0.03, 0.5, 0.03
"""Factors for a related and a different material, for an item without a form and one of another form."""

_LOUD = 1000
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
    priors: dict[str, float] = {}
    for slug, item in table.items.items():
        prior = max(
            seen.get(slug, 0.0),
            _HEARD if slug in heard else 0.0,
            _DEFAULT if slug == default else 0.0,
            _SAME_MATERIAL if default and item.material is facts.material else 0.0,
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


# --- condition and localise -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Draft:
    item: Item
    category: Category
    steps: tuple[Step, ...]
    why: tuple[Text, ...]
    rules: tuple[Rule, ...]
    """The row that put it where it stands, and those that added to that."""
    place: Text | None = None
    reasons: tuple[Reason, ...] = ()
    conditions: tuple[Condition, ...] = ()
    overrides: tuple[Override, ...] = ()


def _draft(table: RuleTable, candidate: Candidate) -> _Draft:
    item = candidate.item
    category = table.categories[item.category]
    steps = category.steps if item.steps is None else item.steps
    return _Draft(item, category, steps, (item.why or category.why,), (item.rule,))


def _condition(table: RuleTable, draft: _Draft, tags: frozenset[Tag]) -> _Draft:
    """Each tag speaks once, through the first of its conditions that applies."""
    open_tags = set(tags)
    for condition in table.conditions:
        if condition.tag in open_tags and condition.speaks(draft.item.slug, draft.category.slug, tags):
            open_tags.remove(condition.tag)
            draft = _changed(table, draft, condition)
    return draft


def _changed(table: RuleTable, draft: _Draft, condition: Condition) -> _Draft:
    if condition.category:
        category = table.categories[condition.category]
        draft = replace(
            draft,
            category=category,
            steps=condition.steps or (),
            why=(condition.why or category.why,),
            rules=(condition.rule,),
        )
    else:
        kept = tuple(step for step in draft.steps if step.key is None or step.key not in condition.drop)
        why = draft.why + ((condition.why,) if condition.why else ())
        draft = replace(draft, steps=_each_once(condition.first, kept), why=why, rules=(*draft.rules, condition.rule))
    return replace(
        draft,
        reasons=(*draft.reasons, Reason(Clue.CONDITION, condition.name)),
        conditions=(*draft.conditions, condition),
    )


def _each_once(*steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(dict.fromkeys(chain(*steps)))


def _localise(table: RuleTable, draft: _Draft, tags: frozenset[Tag], regions: tuple[Region, ...]) -> _Draft:
    """The nearest region that moves the thing moves it; then all that have something to add, add it."""
    local = [override for region in regions for override in table.overrides if override.region == region.slug]
    mover = next((o for o in local if o.category and o.speaks(draft.item.slug, draft.category.slug, tags)), None)
    if mover and mover.category:
        category = table.categories[mover.category]
        why = (mover.why or category.why,)
        draft = replace(draft, category=category, steps=mover.steps or (), why=why, rules=(mover.rule,))
        draft = _noted(table, draft, mover)
    for override in local:
        if not override.category and override.speaks(draft.item.slug, draft.category.slug, tags):
            draft = _noted(table, _added(draft, override), override)
    return draft


def _added(draft: _Draft, override: Override) -> _Draft:
    return replace(
        draft,
        steps=_each_once(override.first, draft.steps, override.last),
        place=draft.place or override.place,
        why=draft.why + ((override.why,) if override.why else ()),
        rules=(*draft.rules, override.rule),
    )


def _noted(table: RuleTable, draft: _Draft, override: Override) -> _Draft:
    reason = Reason(Clue.REGION, table.regions[override.region].name)
    reasons = draft.reasons if reason in draft.reasons else (*draft.reasons, reason)
    return replace(draft, reasons=reasons, overrides=(*draft.overrides, override))


def _deciding(draft: _Draft) -> Rule:
    """The row to name: the region's if one spoke, else the one that put the thing where it goes.

    It counts as verified only when every row that still has a say is.
    """
    rule = draft.overrides[0].rule if draft.overrides else draft.rules[0]
    return Rule(rule.source, rule.date, all(row.verified for row in draft.rules))
