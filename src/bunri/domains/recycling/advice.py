"""From a pick to the words that leave the house."""

from bunri.domains.recycling.identifying import Reason
from bunri.domains.recycling.public import Advice, Alternative, Disposal, Facts, Part, RuleRef, Sign
from bunri.domains.recycling.ranking import Pick
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.writer import Brief, Wording, Written
from bunri.kit.languages import Language, text


def brief_of(table: RuleTable, pick: Pick, facts: Facts, language: Language) -> Brief:
    """What a writer gets to know."""
    situation = [condition.name.of(language) for condition in pick.conditions]
    if pick.region:
        situation.append(pick.region.name.of(language))
    return Brief(
        language=language,
        item=pick.item.name.of(language),
        category=pick.category.slug,
        category_name=pick.category.name.of(language),
        steps=tuple(step.text.of(language) for step in pick.steps),
        why=tuple(sentence.of(language) for sentence in pick.why),
        situation=tuple(situation),
        said=facts.words,
        others=tuple(other.name.of(language) for other in table.categories.values() if other is not pick.category),
        rule=f"{pick.id} of {table.version}",
    )


def advice_of(table: RuleTable, pick: Pick, written: Written, language: Language) -> Advice:
    """The advice as other domains get it."""
    return Advice(
        item=pick.item.slug,
        name=pick.item.name.of(language),
        disposal=disposal_of(table, pick, written.wording, language),
        parts=parts_of(table, pick, language),
        mixed=pick.mixed,
        alternatives=tuple(
            Alternative(item=other.item.slug, name=other.item.name.of(language), category=other.item.category)
            for other in pick.alternatives
        ),
        bin_kinds=pick.category.bins,
        reasons=tuple(sentence(reason, language) for reason in pick.reasons),
        writer=written.writer,
    )


def disposal_of(table: RuleTable, pick: Pick, wording: Wording, language: Language) -> Disposal:
    return Disposal(
        category=pick.category.slug,
        category_name=pick.category.name.of(language),
        steps=wording.steps,
        signs=signs_of(pick, wording, language),
        why=wording.why,
        rule=rule_of(table, pick, language),
    )


def signs_of(pick: Pick, wording: Wording, language: Language) -> tuple[Sign | None, ...]:
    """The sign of each sentence. One that a writer made anew has none: nobody checked that the drawing fits it."""
    signs = {step.text.of(language): step.sign for step in pick.steps}
    return tuple(signs.get(step) for step in wording.steps)


def rule_of(table: RuleTable, pick: Pick, language: Language) -> RuleRef:
    return RuleRef(
        id=pick.id,
        version=table.version,
        source=table.sources[pick.rule.source].name.of(language),
        date=pick.rule.date,
        region=pick.region.slug if pick.region else None,
        verified=pick.rule.verified,
    )


def parts_of(table: RuleTable, pick: Pick, language: Language) -> tuple[Part, ...]:
    return tuple(
        Part(
            name=part.name.of(language),
            material=part.material,
            category=part.category,
            category_name=table.categories[part.category].name.of(language),
        )
        for part in pick.item.parts
    )


def sentence(reason: Reason, language: Language) -> str:
    """Why, as a person reads it: "‘피자박스’라고 하셨어요."."""
    what = reason.what if isinstance(reason.what, str) else reason.what.of(language)
    return text(f"recycling.reason.{reason.clue}", language, what=what)
