"""From vision results and user input to the items of a photo. Pure."""

from collections.abc import Sequence
from typing import Final

from bunri.domains.recycling.public import Match
from bunri.domains.waste.fusion.candidates import (
    NOTHING_DIVIDES,
    PLAUSIBLE,
    Divisions,
    candidates_of,
    class_of,
    ranked,
)
from bunri.domains.waste.fusion.described import detected_as, distinct, own_materials
from bunri.domains.waste.fusion.evidence import (
    CONFUSED_WITH,
    DISPOSED_ALIKE,
    MATERIAL_RELIABILITY,
    TAKEN_FOR_OTHERS,
    MaterialEvidence,
    Shares,
    agree,
    discounted,
    label_reliability,
    mean,
)
from bunri.domains.waste.fusion.field import FieldOpinion, looks_like, neighbours_agree, with_neighbours
from bunri.domains.waste.fusion.opinions import Meanings, Opinion, Weighted, by_description, by_label, whole_named
from bunri.domains.waste.fusion.seen import UNKNOWN, Candidate, SeenItem
from bunri.kit.languages import Language
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import Box, DescribedThing, DetectedObject, VisionResult

MOST_ITEMS: Final = 8
NOT_WASTE_SHARE: Final = 0.25
"""From this share of a label's meanings that is no waste on, it may be the surface that other things lie on."""
RECOGNISED: Final = 0.4
"""When all classes of the material model but "other" together have less than this, nothing was recognised."""
AGREEING: Final = 0.5
"""From this probability of the material model on it confirms what a language model says: more likely than not."""
NEVER: Final = 2.0
"""A threshold that no confidence reaches."""


def fuse(
    vision: VisionResult,
    meanings: Meanings,
    language: Language,
    *,
    divisions: Divisions = NOTHING_DIVIDES,
    field: FieldOpinion | None = None,
    user_input: Match | None = None,
    tags: Sequence[Tag] = (),
) -> list[SeenItem]:
    """The items of a photo; never empty. The one that the user input names comes first, then the largest.

    ``meanings`` says what each label may be; a label that means nothing is not waste (a person holding it).
    ``divisions`` says over which things a material divides, the usual one first: who knows the material alone does not
    yet know where the thing goes. ``field`` is what confirmed photos that look alike say. ``user_input`` is the item
    that the person's words found. Where they name it, it decides about the thing that it fits best; what is only near
    to their words decides nothing.
    """
    items = (
        [_described(thing, vision, meanings, divisions, language) for thing in distinct(vision.described)[:MOST_ITEMS]]
        if vision.described
        else _detected(vision, field, meanings, divisions, language)
    )
    items = [item.model_copy(update={"tags": tuple(tags)}) for item in items]
    if user_input is not None and user_input.sure:
        meant = max(items, key=lambda item: fit(item, user_input))
        items = [decide(meant, as_candidate(user_input)), *(item for item in items if item is not meant)]
    return items


def _detected(
    vision: VisionResult, field: FieldOpinion | None, meanings: Meanings, divisions: Divisions, language: Language
) -> list[SeenItem]:
    """The items of our own models, or of a remote detector."""
    waste = [thing for thing in vision.objects if thing.label not in meanings or meanings[thing.label]]
    plausible = [thing for thing in _plausible(vision) if thing in waste]
    things = _distinct(_without_surfaces(plausible, meanings))
    items = [_item(thing, vision, field, len(things), meanings, divisions, language) for thing in things[:MOST_ITEMS]]
    if not items:
        hint = max(waste, key=lambda thing: thing.score, default=None)
        return [_whole(vision, hint, field, meanings, divisions, language)]
    return items


def fit(item: SeenItem, user_input: Match) -> float:
    """How well user input fits an item: fully where it may be that very item, half where only the material is right."""
    return sum(
        c.probability if c.item == user_input.item else c.probability / 2 if c.material is user_input.material else 0.0
        for c in item.candidates
    )


def as_candidate(match: Match, probability: float = 1.0) -> Candidate:
    return Candidate(
        item=match.item, name=match.name, material=match.material, form=match.form, probability=probability
    )


def decide(item: SeenItem, chosen: Candidate) -> SeenItem:
    """``item`` as the person says it is; no question is left."""
    others = tuple(c for c in item.candidates if c.value != chosen.value)
    return item.model_copy(update={"candidates": (chosen, *others), "answered": True})


def _plausible(vision: VisionResult) -> list[DetectedObject]:
    least = PLAUSIBLE if vision.image_probabilities else 0.0
    return [thing for thing in vision.objects if thing.score >= least]


def _without_surfaces(things: list[DetectedObject], meanings: Meanings) -> list[DetectedObject]:
    """Without the surfaces that other things lie on: a table or bed may be waste, but not below something else."""
    return [
        thing
        for thing in things
        if not (_may_be_surface(thing, meanings) and any(_lies_on(other, thing) for other in things))
    ]


def _may_be_surface(thing: DetectedObject, meanings: Meanings) -> bool:
    """Whether its label often means a thing that nobody throws away (its priors do not add up to 1)."""
    return thing.label in meanings and sum(meaning.prior for meaning in meanings[thing.label]) <= 1 - NOT_WASTE_SHARE


def _lies_on(thing: DetectedObject, surface: DetectedObject) -> bool:
    if thing is surface or thing.box is None or surface.box is None or _area(surface.box) < 2 * _area(thing.box):
        return False
    x, y = (thing.box[0] + thing.box[2]) / 2, (thing.box[1] + thing.box[3]) / 2
    return surface.box[0] <= x <= surface.box[2] and surface.box[1] <= y <= surface.box[3]


def _distinct(things: Sequence[DetectedObject]) -> list[DetectedObject]:
    """Largest first. Of things that look the same (three apples) the largest stands for all, or the largest whose
    material is known where the material model did not classify all."""
    chosen: list[DetectedObject] = []
    for thing in sorted(things, key=lambda thing: (not thing.materials, -_area(thing.box), -thing.score, thing.label)):
        if not any(_alike(thing, other) for other in chosen):
            chosen.append(thing)
    return sorted(chosen, key=lambda thing: -_area(thing.box))


def _alike(thing: DetectedObject, other: DetectedObject) -> bool:
    return thing.label == other.label and (not thing.materials or _likeliest(thing) == _likeliest(other))


def _likeliest(thing: DetectedObject) -> Material | None:
    return max(thing.materials, key=thing.materials.__getitem__) if thing.materials else None


def _area(box: Box | None) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) if box else 1.0


def _item(
    thing: DetectedObject,
    vision: VisionResult,
    field: FieldOpinion | None,
    beside: int,
    meanings: Meanings,
    divisions: Divisions,
    language: Language,
) -> SeenItem:
    """A detected thing. Alone in the picture, its material comes from the crop as far as the detection is reliable and
    from the whole picture for the rest; beside others the whole picture says nothing of it."""
    independent = vision.accept_threshold is not None
    reliability = label_reliability(thing.score, measured=independent)
    shares: Shares = thing.materials
    if shares and vision.image_probabilities and beside == 1:
        shares = {
            m: reliability * shares.get(m, 0.0) + (1 - reliability) * p for m, p in vision.image_probabilities.items()
        }
    shares, sure = _judgement(shares, vision, field, alone=beside == 1)
    evidence = MaterialEvidence(shares, independent=independent) if shares else None
    opinion = by_label(thing, reliability, meanings)
    names = whole_named(vision, field, reliability, meanings) if beside == 1 else []
    item = SeenItem(label=thing.label, box=thing.box, candidates=(), sure=sure)
    return _judged(item, thing, opinion, names, evidence, meanings, divisions, language)


def _described(
    thing: DescribedThing, vision: VisionResult, meanings: Meanings, divisions: Divisions, language: Language
) -> SeenItem:
    """A thing that a language model described. What it says of item and material is one opinion, what our own models
    say of the material another. Sure is only what both say: nobody has measured how often such a model errs."""
    detection = detected_as(thing, vision)
    shares = own_materials(detection, vision)
    evidence = MaterialEvidence(shares, independent=True) if shares else None
    named = DetectedObject(
        thing.item or "", thing.probability, form=thing.form, coloured=detection.coloured if detection else None
    )
    found = candidates_of(named, by_description(thing, meanings), evidence, meanings, divisions, language)
    best = max(found, key=lambda each: each.probability, default=None)
    agreed = best and shares.get(class_of(best.material, evidence), 0.0) >= AGREEING
    sure = _threshold(shares, vision) if agreed else NEVER
    item = SeenItem(label=thing.item or UNKNOWN, box=thing.box, candidates=(), sure=sure, seen_tags=thing.tags)
    return _with(found, evidence, item)


def _whole(
    vision: VisionResult,
    hint: DetectedObject | None,
    field: FieldOpinion | None,
    meanings: Meanings,
    divisions: Divisions,
    language: Language,
) -> SeenItem:
    """The whole picture as the item, because nothing was detected."""
    shares, sure = _judgement(vision.image_probabilities, vision, field, alone=True)
    evidence = MaterialEvidence(shares, independent=True) if shares else None
    reliability = label_reliability(hint.score, measured=True) if hint else 0.0
    item = SeenItem(label=UNKNOWN, candidates=(), sure=sure)
    if evidence is None:
        return _with([], evidence, item)
    opinion, names = by_label(hint, reliability, meanings), whole_named(vision, field, reliability, meanings)
    return _judged(item, hint, opinion, names, evidence, meanings, divisions, language)


def _judged(
    item: SeenItem,
    thing: DetectedObject | None,
    opinion: Opinion,
    names: Weighted,
    evidence: MaterialEvidence | None,
    meanings: Meanings,
    divisions: Divisions,
    language: Language,
) -> SeenItem:
    """``item`` with what it could be. Names speak only where the others leave doubt, and never remove it: two networks
    of one origin err together, and where they differ the material model is mostly right."""
    found = candidates_of(thing, opinion, evidence, meanings, divisions, language)
    if not names or (item.sure is not None and _certainty(found, divisions) >= item.sure):
        return _with(found, evidence, item)
    both = Opinion([*opinion.meanings, *names], opinion.reliability + sum(weight for _, weight in names))
    named = candidates_of(thing, both, evidence, meanings, divisions, language)
    return _with(named, evidence, item.model_copy(update={"sure": NEVER}))


def _certainty(found: Sequence[Candidate], divisions: Divisions) -> float:
    """How likely the likeliest disposal is, as far as materials and the things over which they divide tell."""
    elsewhere = {each.item for things in divisions.values() for each in things[1:]}
    shares: dict[Material, float] = {}
    for each in found:
        if each.item not in elsewhere:
            shares[each.material] = shares.get(each.material, 0.0) + each.probability
    return max(shares.values(), default=0.0)


def _with(found: list[Candidate], evidence: MaterialEvidence | None, item: SeenItem) -> SeenItem:
    """``item`` with its candidates: none where nothing was recognised, though it stays known what is likelier."""
    recognised = not (evidence and evidence.independent) or sum(each.probability for each in found) >= RECOGNISED
    return item.model_copy(
        update={"candidates": ranked(found) if recognised else (), "materials": _materials(found, evidence)}
    )


def _materials(found: Sequence[Candidate], evidence: MaterialEvidence | None) -> dict[Material, float]:
    """How likely each material is. One that is no class of the model is as likely as its share of those that the model
    takes it for."""
    likely: dict[Material, float] = {}
    for candidate in found:
        likely[candidate.material] = likely.get(candidate.material, 0.0) + candidate.probability
    for material, classes in CONFUSED_WITH.items():
        if evidence and not evidence.can_name(material):
            mistaken = TAKEN_FOR_OTHERS * sum(likely.get(each, 0.0) for each in classes) / len(classes)
            likely[material] = max(likely.get(material, 0.0), mistaken)
    return {material: round(each, 4) for material, each in likely.items()}


def _judgement(
    shares: Shares, vision: VisionResult, field: FieldOpinion | None, *, alone: bool
) -> tuple[Shares, float | None]:
    """The probability of each material by networks and confirmed photos, and the confidence from which on nothing is
    asked. Neighbours that contradict what the networks are sure of leave it to the person."""
    networks, sure = _by_networks(shares, vision, alone=alone)
    if field is None or sure is None or not alone or not networks:
        return networks, sure
    both = with_neighbours(networks, field)
    likeliest, confidence = max(networks, key=networks.__getitem__), max(networks.values())
    confirmed = max(both, key=both.__getitem__) in looks_like(likeliest)
    by_networks = confirmed and discounted(confidence, MATERIAL_RELIABILITY, len(networks)) >= sure
    if not by_networks and not neighbours_agree(both, shares, vision.second_opinion, field):
        return both, NEVER
    return both, DISPOSED_ALIKE * discounted(max(both.values()), MATERIAL_RELIABILITY, len(both))


def _by_networks(shares: Shares, vision: VisionResult, *, alone: bool) -> tuple[Shares, float | None]:
    """The probability of each material, and the confidence from which on nothing is asked: none where no calibrated
    model judged, its threshold where it judged by itself; where there is a second opinion, both have to agree. That is
    of the whole picture, so of each of several things there is one opinion, which is not enough."""
    threshold, second = vision.accept_threshold, vision.second_opinion
    if threshold is None or not shares or not second:
        return shares, _threshold(shares, vision)
    if not alone:
        return shares, NEVER
    both = mean(shares, second)
    if not agree(shares, second, threshold):
        return both, NEVER
    return both, DISPOSED_ALIKE * discounted(max(both.values()), MATERIAL_RELIABILITY, len(shares))


def _threshold(shares: Shares, vision: VisionResult) -> float | None:
    """The confidence from which on the material model is believed; None where no calibrated one judged."""
    if vision.accept_threshold is None or not shares:
        return None
    return discounted(vision.accept_threshold, MATERIAL_RELIABILITY, len(shares))
