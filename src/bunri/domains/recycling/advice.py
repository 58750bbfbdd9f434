"""Turns a rule decision into the texts that other domains and writers get."""

from bunri.domains.recycling.identifying import Reason
from bunri.domains.recycling.public import Advice, Alternative, Disposal, Facts, Part, RuleRef
from bunri.domains.recycling.ranking import RuleDecision
from bunri.domains.recycling.rows import Step
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.writer import PromptContext, Wording, WrittenAdvice
from bunri.kit.languages import Language, catalogue, text


def prompt_context(table: RuleTable, decision: RuleDecision, facts: Facts, language: Language) -> PromptContext:
    """All that the writer of an advice is told about a decision."""
    situation = [condition.name.of(language) for condition in decision.conditions]
    if decision.region:
        situation.append(decision.region.name.of(language))
    return PromptContext(
        language=language,
        item=decision.item.name.of(language),
        category=decision.category.slug,
        category_name=decision.category.name.of(language),
        steps=tuple(step.text.of(language) for step in steps_of(decision, language)),
        why=tuple(dict.fromkeys(sentence.of(language) for sentence in decision.why)),
        situation=tuple(situation),
        user_words=facts.words,
        rule=f"{decision.id} of {table.version}",
    )


def advice_of(table: RuleTable, decision: RuleDecision, written: WrittenAdvice, language: Language) -> Advice:
    """The decision as the public ``Advice``. Its guess categories are added by the service."""
    return Advice(
        item=decision.item.slug,
        name=decision.item.name.of(language),
        disposal=disposal_of(table, decision, written.wording, language),
        parts=parts_of(table, decision, language),
        mixed=decision.mixed,
        alternatives=tuple(
            Alternative(item=other.item.slug, name=other.item.name.of(language), category=other.item.category)
            for other in decision.alternatives
        ),
        bin_kinds=decision.category.bins,
        reasons=tuple(reason_sentence(reason, language) for reason in decision.reasons),
        writer=written.writer,
    )


def disposal_of(table: RuleTable, decision: RuleDecision, wording: Wording, language: Language) -> Disposal:
    return Disposal(
        category=decision.category.slug,
        category_name=decision.category.name.of(language),
        steps=wording.steps,
        signs=tuple(step.sign for step in steps_of(decision, language)),
        why=wording.why,
        rule=rule_of(table, decision, language),
    )


def steps_of(decision: RuleDecision, language: Language) -> tuple[Step, ...]:
    """The steps of a decision, each sentence once. A wording has one sentence for each of them."""
    once: dict[str, Step] = {}
    for step in decision.steps:
        once.setdefault(step.text.of(language), step)
    return tuple(once.values())


def rule_of(table: RuleTable, decision: RuleDecision, language: Language) -> RuleRef:
    return RuleRef(
        id=decision.id,
        version=table.version,
        source=table.sources[decision.rule.source].name.of(language),
        date=decision.rule.date,
        region=decision.region.slug if decision.region else None,
        verified=decision.rule.verified,
        notice=None if decision.rule.verified else text("recycling.unverified", language),
    )


def parts_of(table: RuleTable, decision: RuleDecision, language: Language) -> tuple[Part, ...]:
    return tuple(
        Part(
            name=part.name.of(language),
            material=part.material,
            category=part.category,
            category_name=table.categories[part.category].name.of(language),
        )
        for part in decision.item.parts
    )


def reason_sentence(reason: Reason, language: Language) -> str:
    """The reason as a person reads it; a class of COCO by its name in ``language``."""
    if isinstance(reason.what, str):
        what = catalogue(language).get(f"coco.{reason.what}", reason.what)
    else:
        what = reason.what.of(language)
    return text(f"recycling.reason.{reason.clue}", language, what=what)
