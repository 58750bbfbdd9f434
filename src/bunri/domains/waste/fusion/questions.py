"""One short question instead of a guess, asked only where its answer would change what to do. Pure.

What matters is where the thing goes, not what it is called: candidates that lead to the same disposal are one choice,
and when nearly all that is likely leads to the same one there is nothing to ask. A few likely choices come first; below
them stand all other kinds that the rules know, so that the truth is always one tap away, whatever the models saw.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from pydantic import Field

from bunri.domains.recycling.public import Kind
from bunri.domains.waste.fusion.items import decide
from bunri.domains.waste.fusion.seen import UNKNOWN, Candidate, Frozen, SeenItem
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material

MOST_LIKELY: Final = 3
"""Likely choices of a question."""
NONE_OF_THESE: Final = "none"
"""The answer that it is none of the choices."""

WORTH_OFFERING: Final = 0.03
"""Less likely choices are not among the likely ones."""
ALIKE: Final = 1 / 3
"""A second thing of a choice is named beside the first when it is so likely in comparison."""
RARER: Final = 0.1
"""How likely a kind that is one item is, in comparison with all things of its material (an estimate that orders the
other choices and does nothing else)."""


class ChoiceGroup(StrEnum):
    LIKELY = "likely"
    OTHER = "other"
    HAZARD = "hazard"


class Choice(Frozen):
    value: str = Field(description="Send this back as the answer.")
    label: str
    rank: int = Field(0, ge=0, description="1 is the likeliest; 0 in questions older than this field.")
    group: ChoiceGroup = Field(
        ChoiceGroup.LIKELY,
        description="likely: what we think, to be shown large. other: every other kind that the rules know. hazard: "
        "what must never be missed. A hazard that is likely is among the likely.",
    )


class Question(Frozen):
    """The one thing we ask instead of guessing. Its choices cover whatever a household throws away; an answer may also
    be ``none`` or the person's own words."""

    text: str
    choices: tuple[Choice, ...] = Field(description="Likeliest first.")


class DisposalGroup(Frozen):
    """Candidates that lead to the same disposal, likeliest first."""

    category: str
    candidates: tuple[Candidate, ...]

    @property
    def probability(self) -> float:
        return min(1.0, sum(candidate.probability for candidate in self.candidates))


def disposal_groups(item: SeenItem, categories: Sequence[str]) -> list[DisposalGroup]:
    """Where ``item`` may have to go, likeliest first. ``categories``: the disposal of each candidate, in
    order; a candidate without one is a group of its own."""
    grouped: dict[str, list[Candidate]] = {}
    for number, candidate in enumerate(item.candidates):
        grouped.setdefault(categories[number] if number < len(categories) else f"#{number}", []).append(candidate)
    return sorted(
        (DisposalGroup(category=category, candidates=tuple(each)) for category, each in grouped.items()),
        key=lambda group: -group.probability,
    )


def confidence(item: SeenItem, categories: Sequence[str] = ()) -> float:
    """How likely the disposal of the likeliest candidate is right, whatever else the thing may be called."""
    return next(
        (group.probability for group in disposal_groups(item, categories) if item.candidates[0] in group.candidates),
        0.0,
    )


def question(
    item: SeenItem, sure: float, language: Language, categories: Sequence[str] = (), kinds: Sequence[Kind] = ()
) -> Question | None:
    """The question for an item whose disposal is less likely than ``sure`` to be right, or None. ``kinds``: everything
    that people throw away, commonest first."""
    if item.answered or confidence(item, categories) >= (item.sure or sure):
        return None
    groups = _worth_offering(_hazards_apart(disposal_groups(item, categories), kinds))
    others = _others(kinds, item, groups)
    promoted = _promoted(others, item, groups)
    groups = groups[: MOST_LIKELY - len(promoted)]
    sentence = _sentence(groups)
    choices = [_choice(group, sentence, language) for group in groups]
    choices += [_of_kind(kind, ChoiceGroup.LIKELY) for kind in promoted]
    choices += [
        _of_kind(kind, ChoiceGroup.HAZARD if kind.hazard else ChoiceGroup.OTHER)
        for kind in _others(kinds, item, groups)
        if kind not in promoted
    ]
    ranked = (choice.model_copy(update={"rank": rank}) for rank, choice in enumerate(choices, 1))
    return Question(text=text(f"waste.question.{sentence}", language), choices=tuple(ranked))


def answer(item: SeenItem, value: str, language: Language, kinds: Sequence[Kind] = ()) -> SeenItem | None:
    """``item`` after one of the choices was picked; None when ``value`` was not one of them. After "none of these"
    nothing is left to ask about: only the person's own words help."""
    if value == NONE_OF_THESE:
        return item.model_copy(update={"candidates": (), "label": UNKNOWN, "answered": True})
    for candidate in item.candidates:
        if candidate.value == value:
            return decide(item, candidate.model_copy(update={"probability": 1.0}))
    for kind in kinds:
        if kind.value == value == kind.item:
            return decide(item, _candidate(kind))
    if value in tuple(Material):
        material = Material(value)
        name = text(f"waste.material.{material}", language)
        return decide(item, Candidate(item=None, name=name, material=material, form=None, probability=1.0))
    return None


def _hazards_apart(groups: Sequence[DisposalGroup], kinds: Sequence[Kind]) -> list[DisposalGroup]:
    """Hazards are choices of their own, likeliest first: one goes where an ordinary thing goes only after it was made
    safe, and whoever holds it would not look for it behind the other's name."""
    hazards = {kind.value for kind in kinds if kind.hazard}
    apart: dict[tuple[str, bool], list[Candidate]] = {}
    for group in groups:
        for candidate in group.candidates:
            dangerous = not hazards.isdisjoint((candidate.value, candidate.material))
            apart.setdefault((group.category, dangerous), []).append(candidate)
    split = [DisposalGroup(category=category, candidates=tuple(each)) for (category, _), each in apart.items()]
    return sorted(split, key=lambda group: -group.probability)


def _worth_offering(found: list[DisposalGroup]) -> list[DisposalGroup]:
    worth = [group for group in found if group.probability >= WORTH_OFFERING]
    return (worth or found)[:MOST_LIKELY]


def _others(kinds: Sequence[Kind], item: SeenItem, groups: Sequence[DisposalGroup]) -> list[Kind]:
    """The kinds that are not among ``groups`` already, likeliest first and, where nothing is known, commonest first. A
    hazard stands there in its own words unless a choice has its name: behind another one's nobody would find it."""
    shown = {group.candidates[0].value for group in groups}
    offered = {candidate.value for group in groups for candidate in group.candidates}
    covered = {(group.category, candidate.material) for group in groups for candidate in group.candidates}
    left = [
        kind
        for kind in kinds
        if kind.value not in shown
        and (kind.hazard or (kind.value not in offered and (kind.category, kind.material) not in covered))
    ]
    return sorted(left, key=lambda kind: -_likelihood(kind, item))


def _likelihood(kind: Kind, item: SeenItem) -> float:
    likely = item.materials.get(kind.material, 0.0)
    return likely if kind.value == kind.material else RARER * likely


def _unnamed(kind: Kind, item: SeenItem) -> float:
    """As ``_likelihood``, without what the candidates account for."""
    named = sum(candidate.probability for candidate in item.candidates if candidate.material is kind.material)
    return _likelihood(kind, item) - named


def _promoted(others: Sequence[Kind], item: SeenItem, groups: Sequence[DisposalGroup]) -> list[Kind]:
    """The kinds that belong among the likely choices though they are no candidates: likelier than a group, or there is
    room for them; where nothing was recognised, the likeliest. Hazards stand out where they are."""
    harmless = [kind for kind in others if not kind.hazard]
    if not groups:
        return harmless[:MOST_LIKELY]
    promoted: list[Kind] = []
    for kind in harmless:
        likelihood = _unnamed(kind, item)
        likelier = sum(group.probability >= likelihood for group in groups)
        if likelihood >= WORTH_OFFERING and likelier + len(promoted) < MOST_LIKELY:
            promoted.append(kind)
    return promoted


def _sentence(groups: Sequence[DisposalGroup]) -> str:
    """Which sentence asks: about the one thing that is in doubt."""
    best = [group.candidates[0] for group in groups]
    if not best:
        return "unknown"
    if len(best) == 1:
        return "is_it"
    materials = {each.material for each in best}
    if materials == {Material.PET, Material.PLASTIC}:
        named = any(each.item is not None and each.material is not Material.PET for each in best)
        return "which" if named else "clear_bottle"
    return "which_thing" if len(materials) == 1 else "which"


def _choice(group: DisposalGroup, sentence: str, language: Language) -> Choice:
    best = group.candidates[0]
    if sentence == "clear_bottle" and best.material is Material.PLASTIC and best.item is None:
        return Choice(value=best.value, label=text("waste.question.other_plastic", language))
    return Choice(value=best.value, label=" · ".join(_names(group)))


def _names(group: DisposalGroup) -> Iterator[str]:
    """The likeliest thing, and the next one where it is nearly as likely; a mere material adds nothing to a thing."""
    best, *others = group.candidates
    yield best.name
    second = next((other for other in others if other.item is not None), None)
    if best.item is not None and second is not None and second.probability >= ALIKE * best.probability:
        yield second.name


def _candidate(kind: Kind) -> Candidate:
    return Candidate(item=kind.item, name=kind.name, material=kind.material, form=kind.form, probability=1.0)


def _of_kind(kind: Kind, group: ChoiceGroup) -> Choice:
    return Choice(value=kind.value, label=kind.name, group=group)
