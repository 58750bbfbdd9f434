"""Decides which rule applies: facts and a region go in, one ``RuleDecision`` comes out.

First the item is identified; then its tags change the advice, each by a named condition; then the region's overrides
do. Nothing here raises for strange facts: the last resort is the general waste bag.
"""

from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from bunri.domains.recycling.identifying import Clue, ItemCandidate, Reason, identify
from bunri.domains.recycling.public import Facts, Guess
from bunri.domains.recycling.rows import (
    CategoryRow,
    ConditionRow,
    ItemRow,
    OverrideRow,
    Provenance,
    RegionRow,
    Step,
    Text,
)
from bunri.domains.recycling.table import RuleTable
from bunri.kit.materials import Tag

ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class RuleDecision:
    """What a thing is, its category, its steps, the reasons, and the rows of the table that decided this."""

    item: ItemRow
    category: CategoryRow
    steps: tuple[Step, ...]
    why: tuple[Text, ...]
    certainty: float
    reasons: tuple[Reason, ...]
    alternatives: tuple[ItemCandidate, ...]
    conditions: tuple[ConditionRow, ...]
    overrides: tuple[OverrideRow, ...]
    region: RegionRow | None
    rule: Provenance
    mixed: bool

    @property
    def id(self) -> str:
        """The rows that decided: ``pizza-box+greasy-paper@jeju-paper-days``."""
        conditions = "".join(f"+{condition.slug}" for condition in self.conditions)
        return self.item.slug + conditions + "".join(f"@{override.slug}" for override in self.overrides)


def decide(table: RuleTable, facts: Facts, region: str | None = None) -> RuleDecision:
    """The rule for ``facts`` in ``region`` (any spelling; an unknown one means the national rule)."""
    first, *others = identify(table, facts)
    tags = frozenset(facts.tags)
    draft = _condition(table, _draft(table, first), tags)
    draft = _localise(table, draft, tags, table.region_chain(table.region(region)))
    last_step = Step(draft.last_step or draft.category.place)
    return RuleDecision(
        item=first.item,
        category=draft.category,
        steps=(*draft.steps, last_step),
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


def guess_categories(
    table: RuleTable, facts: Facts, decision: RuleDecision, region: str | None = None
) -> tuple[str, ...]:
    """The category of each of the facts' guesses, in order: that of the thing in the same state if it were that.

    ``decision`` is the one for the facts themselves. The person's words count for the guess that equals them alone.
    """
    stated = Guess(label=facts.label, material=facts.material, form=facts.form)
    without_words = facts.model_copy(update={"words": None, "guesses": ()})
    return tuple(
        (
            decision if guess == stated else decide(table, without_words.model_copy(update=guess.model_dump()), region)
        ).category.slug
        for guess in facts.guesses
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    item: ItemRow
    category: CategoryRow
    steps: tuple[Step, ...]
    why: tuple[Text, ...]
    rules: tuple[Provenance, ...]
    """The row that chose the category, then those that added to the advice."""
    last_step: Text | None = None
    reasons: tuple[Reason, ...] = ()
    conditions: tuple[ConditionRow, ...] = ()
    overrides: tuple[OverrideRow, ...] = ()


def _draft(table: RuleTable, candidate: ItemCandidate) -> _Draft:
    item = candidate.item
    category = table.categories[item.category]
    steps = category.steps if item.steps is None else item.steps
    return _Draft(item, category, steps, (item.why or category.why,), (item.rule,))


def _condition(table: RuleTable, draft: _Draft, tags: frozenset[Tag]) -> _Draft:
    """Applies the first matching condition of each tag."""
    unused_tags = set(tags)
    for condition in table.conditions:
        if condition.tag in unused_tags and condition.applies(draft.item.slug, draft.category.slug, tags):
            unused_tags.remove(condition.tag)
            draft = _changed(table, draft, condition)
    return draft


def _changed(table: RuleTable, draft: _Draft, condition: ConditionRow) -> _Draft:
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


def _localise(table: RuleTable, draft: _Draft, tags: frozenset[Tag], regions: tuple[RegionRow, ...]) -> _Draft:
    """The nearest region with another category decides the category; then all regions add their own steps."""
    local = [override for region in regions for override in table.overrides if override.region == region.slug]
    moving = next((o for o in local if o.category and o.applies(draft.item.slug, draft.category.slug, tags)), None)
    if moving and moving.category:
        category = table.categories[moving.category]
        why = (moving.why or category.why,)
        draft = replace(draft, category=category, steps=moving.steps or (), why=why, rules=(moving.rule,))
        draft = _noted(table, draft, moving)
    for override in local:
        if not override.category and override.applies(draft.item.slug, draft.category.slug, tags):
            draft = _noted(table, _added(draft, override), override)
    return draft


def _added(draft: _Draft, override: OverrideRow) -> _Draft:
    return replace(
        draft,
        steps=_each_once(override.first, draft.steps, override.last),
        last_step=draft.last_step or override.place,
        why=draft.why + ((override.why,) if override.why else ()),
        rules=(*draft.rules, override.rule),
    )


def _noted(table: RuleTable, draft: _Draft, override: OverrideRow) -> _Draft:
    reason = Reason(Clue.REGION, table.regions[override.region].name)
    reasons = draft.reasons if reason in draft.reasons else (*draft.reasons, reason)
    return replace(draft, reasons=reasons, overrides=(*draft.overrides, override))


def _deciding(draft: _Draft) -> Provenance:
    """The provenance to name: that of the region's override if one applied, else of the row that chose the category.

    It counts as verified only when every row that takes part in the advice is.
    """
    rule = draft.overrides[0].rule if draft.overrides else draft.rules[0]
    return Provenance(rule.source, rule.date, all(row.verified for row in draft.rules))
