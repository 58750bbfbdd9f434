"""From what was seen and what was said to the items of a photo. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from bunri.domains.recycling.public import Match, Meaning
from bunri.domains.waste.fusion.seen import UNKNOWN, Candidate, SeenItem
from bunri.domains.waste.fusion.witnesses import JUDGE_TRUST, Judge, Shares, label_belief, pool, tempered
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import Box, DetectedObject, VisionResult

MOST_ITEMS: Final = 8
WORDS_DECIDE: Final = 0.6
"""From this search score on, typed words name the item."""

PLAUSIBLE: Final = 0.5
"""A detection under this score is no thing beside a judge of the whole picture; alone it is a hint about the whole."""
STAYS: Final = 0.25
"""Of a label's share, from which on it may be the ground that other things lie on."""
RECOGNISED: Final = 0.4
"""Where the judge leaves less than this to all that it has a word for, nothing was recognised."""
RARE: Final = 0.02
"""What is less likely is not kept."""
Parts = tuple[tuple[Material, float], ...]
LOOKS_LIKE: Final[Mapping[Material, Parts]] = {
    Material.PLASTIC: ((Material.PLASTIC, 0.6), (Material.PET, 0.4)),
}
"""What pixels call one material and the rules know as two, with the share of each among household waste (an estimate):
a clear bottle is collected by itself, so it is worth the question."""
COLOUR_SAYS: Final = {True: 0.09, False: 1.5}
"""How much likelier a clear bottle becomes where pixels tell, or do not tell, that a bottle is coloured. Measured on
112 bottles: none of 29 clear ones and 29 of 83 others were called coloured (docs/answers.md; rule of succession)."""

Meanings = Mapping[str, Sequence[Meaning]]


def fuse(
    vision: VisionResult, meanings: Meanings, language: Language, *, told: Match | None = None, tags: Sequence[Tag] = ()
) -> list[SeenItem]:
    """The items of a photo; never empty. The one the person's words mean comes first, then the largest.

    ``meanings`` says what each label may be; a label that means nothing is not waste (a person holding it). ``told``
    is the item that the words name: it decides about the thing that it fits best.
    """
    waste = [thing for thing in vision.objects if thing.label not in meanings or meanings[thing.label]]
    plausible = [thing for thing in _plausible(vision) if thing in waste]
    things = _distinct(_without_grounds(plausible, meanings))
    items = [_item(thing, vision, len(things), meanings, language) for thing in things[:MOST_ITEMS]]
    if not items:
        items = [_whole(vision, max(waste, key=lambda thing: thing.score, default=None), meanings, language)]
    items = [item.model_copy(update={"tags": tuple(tags)}) for item in items]
    if told is not None and told.score >= WORDS_DECIDE:
        meant = max(items, key=lambda item: fit(item, told))
        items = [decide(meant, as_candidate(told)), *(item for item in items if item is not meant)]
    return items


def fit(item: SeenItem, told: Match) -> float:
    """How well words fit what was seen: fully where it may be that very item, half where only the material is right."""
    return sum(
        c.probability if c.item == told.item else c.probability / 2 if c.material is told.material else 0.0
        for c in item.candidates
    )


def as_candidate(match: Match, probability: float = 1.0) -> Candidate:
    return Candidate(
        item=match.item, name=match.name, material=match.material, form=match.form, probability=probability
    )


def decide(item: SeenItem, said: Candidate) -> SeenItem:
    """``item`` as the person says it is: no doubt is left."""
    others = tuple(c for c in item.candidates if c.value != said.value)
    return item.model_copy(update={"candidates": (said, *others), "answered": True})


def impression(vision: VisionResult) -> tuple[str, ...]:
    """What a look comes down to, by which two looks are known to show the same: the names of the plausible things,
    sorted, and the likeliest material of the whole. Empty when nothing was seen."""
    names = sorted(thing.label for thing in _plausible(vision))
    return (
        (*names, f"all: {max(vision.image_probabilities, key=vision.image_probabilities.__getitem__)}")
        if vision.image_probabilities
        else tuple(names)
    )


def _plausible(vision: VisionResult) -> list[DetectedObject]:
    least = PLAUSIBLE if vision.image_probabilities else 0.0
    return [thing for thing in vision.objects if thing.score >= least]


def _without_grounds(things: list[DetectedObject], meanings: Meanings) -> list[DetectedObject]:
    """Without what another thing lies on: a table or bed may be waste, but not below something else."""
    return [
        thing
        for thing in things
        if not (_often_stays(thing, meanings) and any(_lies_on(other, thing) for other in things))
    ]


def _often_stays(thing: DetectedObject, meanings: Meanings) -> bool:
    """Whether its label often means what nobody throws away: a share that is no item's."""
    return thing.label in meanings and sum(meaning.prior for meaning in meanings[thing.label]) <= 1 - STAYS


def _lies_on(thing: DetectedObject, ground: DetectedObject) -> bool:
    if thing is ground or thing.box is None or ground.box is None or _area(ground.box) < 2 * _area(thing.box):
        return False
    x, y = (thing.box[0] + thing.box[2]) / 2, (thing.box[1] + thing.box[3]) / 2
    return ground.box[0] <= x <= ground.box[2] and ground.box[1] <= y <= ground.box[3]


def _distinct(things: Sequence[DetectedObject]) -> list[DetectedObject]:
    """Largest first. Of things that nothing tells apart (three apples) the largest stands for all, or the largest that
    was judged where the judge did not get to all."""
    chosen: list[DetectedObject] = []
    for thing in sorted(things, key=lambda thing: (not thing.materials, -_area(thing.box), -thing.score, thing.label)):
        if not any(_alike(thing, other) for other in chosen):
            chosen.append(thing)
    return sorted(chosen, key=lambda thing: -_area(thing.box))


def _alike(thing: DetectedObject, judged: DetectedObject) -> bool:
    return thing.label == judged.label and (not thing.materials or _likeliest(thing) == _likeliest(judged))


def _likeliest(thing: DetectedObject) -> Material | None:
    return max(thing.materials, key=thing.materials.__getitem__) if thing.materials else None


def _area(box: Box | None) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) if box else 1.0


def _item(thing: DetectedObject, vision: VisionResult, beside: int, meanings: Meanings, language: Language) -> SeenItem:
    """A thing that was found. Alone in the picture, it is judged by the crop as far as the detection is believed and
    by the whole picture for the rest; beside others the whole says nothing of it."""
    independent = vision.accept_threshold is not None
    belief = label_belief(thing.score, measured=independent)
    shares: Shares = thing.materials
    if shares and vision.image_probabilities and beside == 1:
        shares = {m: belief * shares.get(m, 0.0) + (1 - belief) * p for m, p in vision.image_probabilities.items()}
    judge = Judge(shares, independent=independent) if shares else None
    candidates = _candidates(thing, belief, judge, meanings, language)
    return SeenItem(label=thing.label, box=thing.box, candidates=candidates, sure=_sure(vision, judge))


def _whole(vision: VisionResult, hint: DetectedObject | None, meanings: Meanings, language: Language) -> SeenItem:
    """The whole picture as the item, for want of a thing."""
    judge = Judge(vision.image_probabilities, independent=True) if vision.image_probabilities else None
    belief = label_belief(hint.score, measured=True) if hint else 0.0
    candidates = _candidates(hint, belief, judge, meanings, language) if judge else ()
    return SeenItem(label=UNKNOWN, candidates=candidates, sure=_sure(vision, judge))


def _sure(vision: VisionResult, judge: Judge | None) -> float | None:
    """The threshold: that of the judge, in terms of what we believe of it."""
    if vision.accept_threshold is None or judge is None:
        return None
    return tempered(vision.accept_threshold, JUDGE_TRUST, len(judge.shares))


def _candidates(
    thing: DetectedObject | None, belief: float, judge: Judge | None, meanings: Meanings, language: Language
) -> tuple[Candidate, ...]:
    """What ``thing`` could be, likeliest first: what its label means, and each material that the judge saw."""
    known = (meanings.get(thing.label) or ()) if thing else ()
    label: dict[Material, float] = {}
    for meaning in known:
        kind = _class_of(meaning.material, judge)
        label[kind] = label.get(kind, 0.0) + belief * meaning.prior
    found: list[Candidate] = []
    for kind, pooled in pool(label, judge).items():
        meant = [meaning for meaning in known if _class_of(meaning.material, judge) is kind]
        total = sum(meaning.prior for meaning in meant)
        named = _named(belief, kind, judge) if total else 0.0
        found += [_meant(meaning, pooled * named * meaning.prior / total, thing) for meaning in meant if total]
        if kind is not Material.OTHER or not (judge and judge.independent):
            name = thing.label if thing and thing.label not in meanings else None
            parts = _looks_like(kind, judge, known if thing and thing.score >= PLAUSIBLE else ())
            found += _of_material(parts, pooled * (1 - named), name, thing.form if thing else None, language)
    if judge and judge.independent and sum(candidate.probability for candidate in found) < RECOGNISED:
        return ()
    return _ranked(_coloured(found, thing.coloured if thing else None))


def _named(belief: float, kind: Material, judge: Judge | None) -> float:
    """How likely a thing of a material that the label can mean is what the label says. That the material fits says
    nothing for the name: detectors take cloth for a bed because it is cloth."""
    return belief if judge and judge.may_say(kind) else 1.0


def _meant(meaning: Meaning, probability: float, thing: DetectedObject | None) -> Candidate:
    form = (thing.form if thing else None) or meaning.form
    return Candidate(
        item=meaning.item, name=meaning.name, material=meaning.material, form=form, probability=min(1.0, probability)
    )


def _looks_like(kind: Material, judge: Judge | None, known: Sequence[Meaning]) -> Parts:
    """What pixels that show ``kind`` may be. A toothbrush is no clear bottle: ``known``, what a thing was named, rules
    that out where it means none; a mere hint does not."""
    may_be_clear = not known or any(meaning.material is Material.PET for meaning in known)
    return LOOKS_LIKE.get(kind, ((kind, 1.0),)) if judge and judge.independent and may_be_clear else ((kind, 1.0),)


def _of_material(
    parts: Parts, probability: float, name: str | None, form: str | None, language: Language
) -> list[Candidate]:
    """Something of a material, and nothing more is known of it."""
    return [
        Candidate(
            item=None,
            name=name or text(f"waste.material.{material}", language),
            material=material,
            form=form,
            probability=min(1.0, probability * share),
        )
        for material, share in parts
    ]


def _class_of(material: Material, judge: Judge | None) -> Material:
    """The material as the judge knows it."""
    if judge is None or material in judge.shares:
        return material
    return next((seen for seen, parts in LOOKS_LIKE.items() if material in dict(parts)), material)


def _coloured(candidates: list[Candidate], coloured: bool | None) -> list[Candidate]:
    """After a look at the colour of a bottle: a coloured one is not collected with the clear ones."""
    if coloured is None:
        return candidates
    says = {c.value: COLOUR_SAYS[coloured] if c.material is Material.PET else 1.0 for c in candidates}
    before = sum(c.probability for c in candidates)
    after = sum(c.probability * says[c.value] for c in candidates) + max(0.0, 1 - before)
    return [c.model_copy(update={"probability": min(1.0, c.probability * says[c.value] / after)}) for c in candidates]


def _ranked(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    best = sorted(candidates, key=lambda candidate: -candidate.probability)
    return tuple(c for rank, c in enumerate(best) if not rank or c.probability >= RARE)
