"""Cards from rules: what they ask and what they answer, in the words of the rule table."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from bunri.domains.learning.records import Card, CardKind, Origin
from bunri.domains.recycling.public import Disposal, TableRule
from bunri.kit.ids import new_id
from bunri.kit.languages import Language, text

CHOICES: Final = 4
_KINDS: Final = (CardKind.FLIP, CardKind.CHOICE, CardKind.TYPED)


def answer_hash(item: str, disposal: Disposal) -> str:
    """Of what a person has to know: where it goes, how and why. Who says so, and since when, is no part of it: with a
    new source and the same answer nothing is to be learned anew."""
    said = [item, disposal.category, disposal.category_name, list(disposal.steps), disposal.why]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


def cards_of(deck_id: UUID, rules: Sequence[TableRule], language: Language, now: datetime) -> list[Card]:
    """One card for each rule, in their order. How a card asks follows from its item, so that it stays the same when
    the table changes."""
    categories = list(dict.fromkeys(rule.disposal.category_name for rule in rules))
    return [_card(deck_id, position, rule, categories, language, now) for position, rule in enumerate(rules)]


def _card(
    deck_id: UUID, position: int, rule: TableRule, categories: Sequence[str], language: Language, now: datetime
) -> Card:
    right = rule.disposal.category_name
    kind = _KINDS[_number(rule.item) % len(_KINDS)]
    choices = _choices(rule.item, right, categories) if kind == CardKind.CHOICE else ()
    if kind == CardKind.CHOICE and len(choices) < 2:
        kind, choices = CardKind.FLIP, ()
    card_id = new_id()
    return Card(
        card_id,
        deck_id,
        card_id,
        kind,
        text(f"learning.rule_cards.{kind}", language, name=rule.name),
        back_of(rule.disposal, language),
        now,
        now,
        position=position,
        choices=choices,
        accepted=(right,),
        tags=(str(rule.material),),
        item=rule.item,
        material=rule.material,
        rule_hash=answer_hash(rule.item, rule.disposal),
        origin=Origin.RULE,
        origin_id=rule.item,
    )


def back_of(disposal: Disposal, language: Language, name: str | None = None) -> str:
    """Markdown: where it goes, the steps, why, and who says so. ``name``: of the thing, where that is asked."""
    title = f"**{name}** → **{disposal.category_name}**" if name else f"**{disposal.category_name}**"
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(disposal.steps, start=1))
    rule = disposal.rule
    source = text("learning.rule_cards.source", language, source=rule.source, date=rule.date.isoformat())
    return "\n\n".join(part for part in (title, steps, disposal.why, f"*{source}*", rule.notice) if part)


def followed(card: Card, rule: Card, now: datetime) -> Card:
    """``card`` as the rule stands now, which ``rule`` says: the same card where nothing changed.

    Where the answer is another one, the card keeps what it said before. What somebody wrote into it themselves stays,
    and it only says that the rule changed."""
    changed = card.rule_hash != rule.rule_hash
    if card.edited:
        return replace(card, rule_hash=rule.rule_hash, changed_at=now) if changed else card
    told = replace(
        card,
        kind=rule.kind,
        front=rule.front,
        back=rule.back,
        choices=rule.choices,
        accepted=rule.accepted,
        tags=rule.tags,
        item=rule.item,
        material=rule.material,
        rule_hash=rule.rule_hash,
    )
    if changed:
        return replace(told, before=card.back, changed_at=now, updated_at=now)
    return replace(told, updated_at=now) if told != card else card


def _choices(item: str, right: str, categories: Sequence[str]) -> tuple[str, ...]:
    """The right one among others of the deck, in an order that says nothing, and that is the same each time."""
    others = sorted((each for each in categories if each != right), key=lambda each: _number(f"{item} {each}"))
    return tuple(sorted((right, *others[: CHOICES - 1]), key=lambda each: _number(f"{each} {item}")))


def _number(words: str) -> int:
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8])
