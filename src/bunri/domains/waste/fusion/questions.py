"""One short question instead of a guess, asked only where its answer would change what to do. Pure.

What matters is where the thing goes, not what it is called: candidates that lead to the same disposal are one choice,
and when nearly all that is likely leads to the same one there is nothing to ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import Field

from bunri.domains.waste.fusion.items import decide
from bunri.domains.waste.fusion.seen import UNKNOWN, Candidate, Frozen, SeenItem
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material

MOST_CHOICES: Final = 3
NONE_OF_THESE: Final = "none"
"""The last choice of every question."""

WORTH_OFFERING: Final = 0.03
"""Less likely choices are not offered."""
ALIKE: Final = 1 / 3
"""A second thing of a choice is named beside the first when it is so likely in comparison."""

MISTAKEN_FOR: Final[Mapping[Material, Material]] = {
    Material.METAL: Material.BATTERY,
    Material.PLASTIC: Material.VINYL,
    Material.PET: Material.VINYL,
    Material.CARDBOARD: Material.WOOD,
}
"""Materials that are no class of the material model, by the class it gives them: of 80 pictures of cells it called 40
metal. Where it is unsure of the class, the other material is offered too."""
UNLIKELY: Final = 0.2

BROAD: Final = (
    Material.PLASTIC,
    Material.PAPER,
    Material.METAL,
    Material.GLASS,
    Material.VINYL,
    Material.FOOD,
)
"""What we offer when nothing was recognised: the materials of nearly everything in a Korean bin."""


class Choice(Frozen):
    value: str = Field(description="Send this back as the answer.")
    label: str


class Question(Frozen):
    """The one thing we ask instead of guessing. The last choice is always "none of these": value ``none``."""

    text: str
    choices: tuple[Choice, ...]


class DisposalGroup(Frozen):
    """Candidates that lead to the same disposal, likeliest first."""

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
        (DisposalGroup(candidates=tuple(each)) for each in grouped.values()), key=lambda group: -group.probability
    )


def confidence(item: SeenItem, categories: Sequence[str] = ()) -> float:
    """How likely the disposal of the likeliest candidate is right, whatever else the thing may be called."""
    return next(
        (group.probability for group in disposal_groups(item, categories) if item.candidates[0] in group.candidates),
        0.0,
    )


def question(item: SeenItem, sure: float, language: Language, categories: Sequence[str] = ()) -> Question | None:
    """The question for an item whose disposal is less likely than ``sure`` to be right, or None."""
    if item.answered or confidence(item, categories) >= (item.sure or sure):
        return None
    if not item.candidates:
        materials = [material for material in BROAD if material not in item.denied]
        return _question("unknown", [_material(material, language) for material in materials], language)
    offered = _offered(disposal_groups(item, categories))
    mistaken = _mistaken(item, offered)
    if len(offered) == 1 and not mistaken:
        return _yes_or_no(offered[0].candidates[0], language)
    kind = _kind(offered) if len(offered) > 1 else "which"
    choices = [_choice(group, kind, language) for group in offered[: MOST_CHOICES - len(mistaken)]]
    return _question(kind, [*choices, *(_material(material, language) for material in mistaken)], language)


def answer(item: SeenItem, value: str, language: Language, offered: Sequence[str] = ()) -> SeenItem | None:
    """``item`` after one of our choices was picked; None when ``value`` was not one of them. ``offered``: the values of
    the choices that the person saw; "none of these" rules out the materials among them and no other.

    Who says "none of these" is asked once more, broadly, and not about what they ruled out; after that there is no
    doubt left to ask about: only their own words help.
    """
    if value == NONE_OF_THESE:
        ruled_out = (Material(each) for each in offered if each in tuple(Material))
        denied = tuple(dict.fromkeys((*item.denied, *ruled_out)))
        nothing = {"candidates": (), "label": UNKNOWN, "denied": denied, "answered": not item.candidates}
        return item.model_copy(update=nothing)
    for candidate in item.candidates:
        if candidate.value == value:
            return decide(item, candidate.model_copy(update={"probability": 1.0}))
    if value in tuple(Material):
        material = Material(value)
        name = text(f"waste.material.{material}", language)
        return decide(item, Candidate(item=None, name=name, material=material, form=None, probability=1.0))
    return None


def _offered(found: list[DisposalGroup]) -> list[DisposalGroup]:
    worth = [group for group in found if group.probability >= WORTH_OFFERING]
    return (worth or found)[:MOST_CHOICES]


def _mistaken(item: SeenItem, offered: Sequence[DisposalGroup]) -> tuple[Material, ...]:
    """The material that the model may have confused with the likeliest one, where there is room for one more choice."""
    best = item.candidates[0]
    other = MISTAKEN_FOR.get(best.material) if best.item is None else None
    known = {candidate.material for candidate in item.candidates}
    full = len(offered) == MOST_CHOICES and offered[-1].probability >= UNLIKELY
    return () if other is None or other in known or full else (other,)


def _yes_or_no(candidate: Candidate, language: Language) -> Question:
    yes = Choice(value=candidate.value, label=text("waste.question.yes", language))
    no = Choice(value=NONE_OF_THESE, label=text("waste.question.no", language))
    return Question(text=text("waste.question.is_it", language, name=candidate.name), choices=(yes, no))


def _kind(offered: Sequence[DisposalGroup]) -> str:
    """Which sentence asks: about the one thing that is in doubt."""
    best = [group.candidates[0] for group in offered]
    materials = {each.material for each in best}
    if materials == {Material.PET, Material.PLASTIC}:
        named = any(each.item is not None and each.material is not Material.PET for each in best)
        return "which" if named else "clear_bottle"
    return "which_thing" if len(materials) == 1 else "which"


def _question(kind: str, choices: Sequence[Choice], language: Language) -> Question:
    none = Choice(value=NONE_OF_THESE, label=text("waste.question.none", language))
    return Question(text=text(f"waste.question.{kind}", language), choices=(*choices, none))


def _choice(group: DisposalGroup, kind: str, language: Language) -> Choice:
    best = group.candidates[0]
    if kind == "clear_bottle" and best.material is Material.PLASTIC and best.item is None:
        return Choice(value=best.value, label=text("waste.question.other_plastic", language))
    return Choice(value=best.value, label=" · ".join(_names(group)))


def _names(group: DisposalGroup) -> Iterator[str]:
    """The likeliest thing, and the next one where it is nearly as likely; a mere material adds nothing to a thing."""
    best, *others = group.candidates
    yield best.name
    second = next((other for other in others if other.item is not None), None)
    if best.item is not None and second is not None and second.probability >= ALIKE * best.probability:
        yield second.name


def _material(material: Material, language: Language) -> Choice:
    return Choice(value=material, label=text(f"waste.material.{material}", language))
