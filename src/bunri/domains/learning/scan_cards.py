"""Cards from scans: one's own picture is the question, the rule of what it shows the answer."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bunri.domains.learning.records import Card, CardKind, Origin
from bunri.domains.learning.rule_cards import answer_hash, back_of
from bunri.domains.recycling.public import TableRule
from bunri.domains.waste.public import VerdictItem
from bunri.kit.ids import new_id
from bunri.kit.languages import Language, text


def scan_origin(job_id: UUID, position: int) -> str:
    return f"{job_id}:{position}"


def new_scan_card(
    deck_id: UUID,
    origin_id: str,
    item: VerdictItem,
    rule: TableRule | None,
    picture: UUID | None,
    language: Language,
    now: datetime,
) -> Card:
    """Without a picture, which is kept for some time only, the card asks by the name of the thing."""
    card_id = new_id()
    asked = text("learning.scan_cards.what", language)
    front = (
        f"![](media:{picture})\n\n{asked}" if picture else text("learning.rule_cards.flip", language, name=item.name)
    )
    card = Card(
        card_id,
        deck_id,
        card_id,
        CardKind.FLIP,
        front,
        "",
        now,
        now,
        media=(picture,) if picture else (),
        origin=Origin.SCAN,
        origin_id=origin_id,
    )
    return answered(card, item, rule, language)


def answered(card: Card, item: VerdictItem, rule: TableRule | None, language: Language) -> Card:
    """The card with what the analysis says now. Where the state of the thing decided (a dirty box), the answer is that
    of the analysis, and follows the rule of the thing no more."""
    if rule and rule.disposal.category == item.category:
        return scan_card(replace(card, item=item.item), rule, language)
    return replace(
        card,
        back=_back_of_verdict(item),
        accepted=(item.category_name,),
        tags=(str(item.material),),
        item=item.item,
        material=item.material,
        rule_hash=None,
    )


def scan_card(card: Card, rule: TableRule, language: Language) -> Card:
    """The card of a scan with what the rule of its item says."""
    return replace(
        card,
        back=back_of(rule.disposal, language, rule.name),
        accepted=(rule.disposal.category_name,),
        tags=(str(rule.material),),
        material=rule.material,
        rule_hash=answer_hash(rule.item, rule.disposal),
    )


def _back_of_verdict(item: VerdictItem) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(item.steps, start=1))
    return "\n\n".join(part for part in (f"**{item.name}** → **{item.category_name}**", steps) if part)
