"""From what was seen and what was said to items, and to one short question where they leave doubt. Pure.

A detector knows shapes, not materials: a "bottle" is clear PET or glass or coloured. So each label stands for several
items of the rule table with a prior (``recycling.public.Meaning``), and an item's confidence is
``score × prior``: the chance that the box is what its label says and the label means this item. Where somebody judged
the material of the crop, the prior only divides what pixels cannot tell apart: with P(material) from the judge, an item
has ``score × P(its material) × prior / (priors of that material)``. Where nothing that is waste was found, the judge's
word on the whole picture is the item.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.recycling.public import Facts, Match, Meaning
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import Box, Sight, Thing

MOST_ITEMS: Final = 8
MOST_CHOICES: Final = 3
WORDS_DECIDE: Final = 0.6
"""From this search score on, typed words name the item."""
NONE_OF_THESE: Final = "none"

PLAUSIBLE: Final = 0.5
"""A detection under this score gives way to a judge of the whole picture."""
LOOKS_LIKE: Final[Mapping[Material, tuple[tuple[Material, float], ...]]] = {
    Material.PLASTIC: ((Material.PLASTIC, 0.6), (Material.PET, 0.4)),
}
"""What pixels call one material and the rules know as two, with the share of each among household waste (an estimate):
a clear bottle is collected by itself, so it is worth the question."""

BROAD: Final = (
    Material.PLASTIC,
    Material.PAPER,
    Material.METAL,
    Material.GLASS,
    Material.VINYL,
    Material.FOOD,
)
"""What we offer when nothing was recognised: the materials of nearly everything in a Korean bin."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Candidate(_Frozen):
    """One thing an item could be."""

    item: str | None
    name: str
    material: Material
    form: str | None
    probability: float = Field(ge=0, le=1)


class Choice(_Frozen):
    value: str = Field(description="Send this back as the answer.")
    label: str


class Question(_Frozen):
    """The one thing we ask instead of guessing."""

    text: str
    choices: tuple[Choice, ...]


class SeenItem(_Frozen):
    """One item of a photo before anybody looked up its rule."""

    label: str = Field(description="What the eyes called it; 'unknown' when they did not.")
    box: Box | None = None
    candidates: tuple[Candidate, ...] = Field(description="Likeliest first; empty when nothing is known.")
    tags: tuple[Tag, ...] = ()
    words: str | None = None
    answered: bool = False
    sure: float | None = Field(None, description="From this confidence on there is no doubt; unset: the settings'.")

    @property
    def confidence(self) -> float:
        return self.candidates[0].probability if self.candidates else 0.0

    @property
    def material(self) -> Material:
        return self.candidates[0].material if self.candidates else Material.UNKNOWN

    @property
    def form(self) -> str | None:
        return self.candidates[0].form if self.candidates else None

    def facts(self) -> Facts:
        """What recycling needs to pick the rule."""
        best = self.candidates[0] if self.candidates else None
        label = (best.item if best else None) or (None if best or self.label == UNKNOWN else self.label)
        return Facts(label=label, material=self.material, form=self.form, tags=self.tags, words=self.words)


UNKNOWN: Final = "unknown"


def fuse(
    sight: Sight,
    meanings: Mapping[str, Sequence[Meaning]],
    language: Language,
    *,
    told: Match | None = None,
    tags: Sequence[Tag] = (),
) -> list[SeenItem]:
    """The items of a photo, likeliest waste first; never empty.

    ``meanings`` says what each label may be; a label that means nothing is not waste (a person holding it).
    ``told`` is the item that the person's words name: it decides about the largest thing, or about the whole picture
    when nothing was found.
    """
    least = PLAUSIBLE if sight.whole else 0.0
    plausible = _distinct([thing for thing in sight.things if thing.score >= least])
    found = [item for thing in plausible if (item := _item(thing, meanings, tuple(tags)))][:MOST_ITEMS]
    if not found:
        candidates = by_material(sight.whole, language)
        found = [SeenItem(label=UNKNOWN, candidates=candidates, tags=tuple(tags), sure=sight.sure)]
    if told is not None and told.score >= WORDS_DECIDE:
        found[0] = decide(found[0], as_candidate(told))
    return found


def _distinct(things: Sequence[Thing]) -> list[Thing]:
    """Largest first. Of things that nothing tells apart (three apples) the largest stands for all."""
    chosen: list[Thing] = []
    for thing in sorted(things, key=lambda thing: -_area(thing.box)):
        if all((thing.label, _likeliest(thing)) != (other.label, _likeliest(other)) for other in chosen):
            chosen.append(thing)
    return chosen


def _likeliest(thing: Thing) -> Material | None:
    return max(thing.materials, key=thing.materials.__getitem__) if thing.materials else None


def impression(sight: Sight) -> tuple[str, ...]:
    """What a look comes down to, by which two looks are known to show the same: the things' names, sorted, and the
    likeliest material of the whole. Empty when nothing was seen."""
    names = sorted(thing.label for thing in sight.things)
    return (*names, f"all: {max(sight.whole, key=sight.whole.__getitem__)}") if sight.whole else tuple(names)


def by_material(judged: Mapping[Material, float], language: Language) -> tuple[Candidate, ...]:
    """What a judge of materials alone leaves possible, likeliest first; "other" is no answer to give anybody."""
    shares = [
        (material, probability * share)
        for seen, probability in judged.items()
        for material, share in LOOKS_LIKE.get(seen, ((seen, 1.0),))
        if material not in (Material.OTHER, Material.UNKNOWN)
    ]
    return tuple(
        Candidate(item=None, name=text(f"waste.material.{m}", language), material=m, form=None, probability=p)
        for m, p in sorted(shares, key=lambda pair: -pair[1])
    )


def _item(thing: Thing, meanings: Mapping[str, Sequence[Meaning]], tags: tuple[Tag, ...]) -> SeenItem | None:
    known = meanings.get(thing.label)
    if known is not None and not known:
        return None
    candidates = [
        Candidate(
            item=meaning.item,
            name=meaning.name,
            material=meaning.material,
            form=thing.form or meaning.form,
            probability=min(1.0, thing.score * _weight(meaning, known or (), thing)),
        )
        for meaning in known or ()
    ]
    if not candidates and thing.materials:
        candidates = [
            Candidate(item=None, name=thing.label, material=material, form=thing.form, probability=thing.score * share)
            for material, share in thing.materials.items()
        ]
    candidates.sort(key=lambda candidate: -candidate.probability)
    return SeenItem(label=thing.label, box=thing.box, candidates=tuple(candidates), tags=tags)


def _weight(meaning: Meaning, meanings: Sequence[Meaning], thing: Thing) -> float:
    """The chance that the label means this item: its prior, corrected by whoever judged the crop's material."""
    if not thing.materials:
        return meaning.prior
    alike = [other.prior for other in meanings if _class_of(other.material) == _class_of(meaning.material)]
    seen = thing.materials.get(_class_of(meaning.material))
    if seen is None:  # pixels cannot say this material, so they do not speak against it either
        return meaning.prior
    return seen * meaning.prior / sum(alike) if sum(alike) else 0.0


def _class_of(material: Material) -> Material:
    """The material as pixels know it."""
    return next((seen for seen, parts in LOOKS_LIKE.items() if material in dict(parts)), material)


def _area(box: Box | None) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) if box else 1.0


def as_candidate(match: Match, probability: float = 1.0) -> Candidate:
    return Candidate(
        item=match.item, name=match.name, material=match.material, form=match.form, probability=probability
    )


def decide(item: SeenItem, said: Candidate) -> SeenItem:
    """``item`` as the person says it is: no doubt is left."""
    others = tuple(c for c in item.candidates if c.item != said.item)
    return item.model_copy(update={"candidates": (said, *others), "answered": True})


def question(item: SeenItem, sure: float, language: Language) -> Question | None:
    """The question for an item whose confidence is under ``sure``, or None."""
    if item.answered or item.confidence >= (item.sure or sure):
        return None
    if not item.candidates:
        choices = tuple(Choice(value=m, label=text(f"waste.material.{m}", language)) for m in BROAD)
        return Question(text=text("waste.question.unknown", language), choices=choices)
    offered = item.candidates[:MOST_CHOICES]
    if len(offered) > 1:
        choices = tuple(Choice(value=_value(c), label=c.name) for c in offered)
        return Question(text=text("waste.question.which", language), choices=choices)
    yes = Choice(value=_value(offered[0]), label=text("waste.question.yes", language))
    no = Choice(value=NONE_OF_THESE, label=text("waste.question.no", language))
    return Question(text=text("waste.question.is_it", language, name=offered[0].name), choices=(yes, no))


def _value(candidate: Candidate) -> str:
    return candidate.item or candidate.material


def answer(item: SeenItem, value: str, language: Language) -> SeenItem | None:
    """``item`` after one of our choices was picked; None when ``value`` was not one of them."""
    if value == NONE_OF_THESE:
        return item.model_copy(update={"candidates": (), "label": UNKNOWN})
    for candidate in item.candidates:
        if _value(candidate) == value:
            return decide(item, candidate.model_copy(update={"probability": 1.0}))
    if value in tuple(Material):
        material = Material(value)
        name = text(f"waste.material.{material}", language)
        return decide(item, Candidate(item=None, name=name, material=material, form=None, probability=1.0))
    return None
