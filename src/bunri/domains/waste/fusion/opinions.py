"""What a label, a description or a name of the picture may mean, and how far each is believed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bunri.domains.recycling.public import Meaning
from bunri.domains.waste.fusion.evidence import DESCRIPTION_RELIABILITY, NAMES_RELIABILITY, Shares
from bunri.domains.waste.fusion.field import FIELD_RELIABILITY, FieldOpinion
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DescribedThing, DetectedObject, VisionResult

Meanings = Mapping[str, Sequence[Meaning]]
Weighted = list[tuple[Meaning, float]]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a label or a name may mean, each meaning with the probability that it is right."""

    meanings: Weighted
    reliability: float
    """The probability that the label or a name is right."""
    materials: Shares = field(default_factory=dict)
    """How likely it is each material, as far as the opinion names no thing."""


def by_label(thing: DetectedObject | None, reliability: float, meanings: Meanings) -> Opinion:
    return Opinion(_weighted(meanings.get(thing.label, ()), reliability) if thing else [], reliability)


def by_description(thing: DescribedThing, meanings: Meanings) -> Opinion:
    """Item and material come from one model, so where they differ each has half of its word."""
    reliability = DESCRIPTION_RELIABILITY * thing.probability
    known = meanings.get(thing.item, ()) if thing.item else ()
    differ = thing.material is not Material.UNKNOWN and all(each.material is not thing.material for each in known)
    by_item = (reliability / 2 if differ else reliability) if known else 0.0
    by_material = {thing.material: reliability - by_item} if differ else {}
    return Opinion(_weighted(known, by_item), reliability, by_material)


def whole_named(vision: VisionResult, field: FieldOpinion | None, reliability: float, meanings: Meanings) -> Weighted:
    """What confirmed photos that look alike, the open vocabulary and the namer take the picture for. Each counts in the
    cases in which those before it are wrong: the detector's label, the confirmed photos, the open vocabulary, whose
    shares are as reliable as was measured, the namer."""
    named, believed = list[tuple[Meaning, float]](), reliability
    confirmed = {item: FIELD_RELIABILITY * share for item, share in field.items.items()} if field else {}
    for rows in (confirmed, vision.vocabulary):
        for row, share in rows.items():
            named += _weighted(meanings.get(row, ()), (1 - believed) * share)
        believed += (1 - believed) * sum(rows.values())
    return [*named, *_by_names(vision.names, believed, meanings)]


def _by_names(names: Mapping[str, float], reliability: float, meanings: Meanings) -> Weighted:
    """What the names of the picture mean; they count in the cases in which the detector's label is wrong."""
    return [
        each
        for name, probability in names.items()
        for each in _weighted(meanings.get(name, ()), (1 - reliability) * NAMES_RELIABILITY * probability)
    ]


def _weighted(known: Sequence[Meaning], reliability: float) -> Weighted:
    return [(meaning, reliability * meaning.prior) for meaning in known]
