"""Which rule speaks for a thing, and why: facts and a region go in, one pick comes out.

First the thing is identified; then its tags change the advice, each change by a named condition; then the region's
overrides do. Nothing here raises for strange facts: the last resort is the general bag.
"""

from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from bunri.domains.recycling.identifying import Candidate, Clue, Reason, identify
from bunri.domains.recycling.public import Facts, Guess
from bunri.domains.recycling.rows import Category, Condition, Item, Override, Region, Rule, Step, Text
from bunri.domains.recycling.table import RuleTable
from bunri.kit.materials import Tag

ALTERNATIVES: Final = 3


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


def places(table: RuleTable, facts: Facts, picked: Pick, region: str | None = None) -> tuple[str, ...]:
    """The category of each of the facts' guesses, in order: where the thing would go, in the same state, if it were
    that. ``picked`` is the rule for the facts themselves; their words were about that guess alone."""
    own = Guess(label=facts.label, material=facts.material, form=facts.form)
    plain = facts.model_copy(update={"words": None, "guesses": ()})
    return tuple(
        (picked if guess == own else pick(table, plain.model_copy(update=guess.model_dump()), region)).category.slug
        for guess in facts.guesses
    )


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
