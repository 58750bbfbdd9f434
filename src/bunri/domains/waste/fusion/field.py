"""What people here confirmed about photos that look like this one, as evidence about its material. Pure.

The nearest confirmed photos (``field_bank``) give a share to each material. It is multiplied with what the networks
say, as of an independent source, since the labels are people's. Alone it is never sure: a network has to find the same
material likeliest, two people have to have said so, and networks and neighbours together have to pass a threshold that
was found on the confirmed photos themselves, each left out in turn.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from bunri.domains.waste.fusion.evidence import (
    CONFUSED_WITH,
    LOOKS_LIKE,
    MATERIAL_RELIABILITY,
    TAKEN_FOR_OTHERS,
    Shares,
    discounted,
)
from bunri.kit.materials import Material

FIELD_RELIABILITY: Final = 0.9
"""How much of the neighbours' word is believed, the rest being spread evenly: that of the material model."""


@dataclass(frozen=True, slots=True)
class FieldOpinion:
    """What the nearest confirmed photos say. ``shares`` has each material, also those that no neighbour shows."""

    shares: Shares
    taught: frozenset[Material]
    """Materials of which there are confirmed photos at all."""
    by_two: frozenset[Material]
    """Materials that neighbours by two people or more show."""
    accept_threshold: float
    """From this probability by networks and neighbours on a material may be stated without asking."""
    items: Mapping[str, float] = field(default_factory=dict)
    """Slugs of the items that neighbours show, with their shares: together at most 1."""

    @property
    def likeliest(self) -> Material:
        return max(self.shares, key=self.shares.__getitem__)


def prior(shares: Shares, taught: Collection[Material]) -> dict[Material, float]:
    """What the networks say, over their classes and the materials beside them that people taught. One that looks like
    a class has its part of it, one that is taken for others a share of theirs."""
    said = dict(shares)
    for seen, parts in LOOKS_LIKE.items():
        if seen in shares and any(material in taught and material not in shares for material, _ in parts):
            said |= {material: shares[seen] * part for material, part in parts}
    for material in taught:
        classes = [shares[each] for each in CONFUSED_WITH.get(material, ()) if each in shares]
        if material not in said:
            said[material] = TAKEN_FOR_OTHERS * sum(classes) / len(classes) if classes else 0.0
    total = sum(said.values())
    return {each: discounted(share / total, MATERIAL_RELIABILITY, len(said)) for each, share in said.items()}


def with_neighbours(shares: Shares, opinion: FieldOpinion) -> dict[Material, float]:
    """The probability of each material by the networks and by the neighbours."""
    odds = {material: share * opinion.shares[material] for material, share in prior(shares, opinion.taught).items()}
    total = sum(odds.values())
    return {material: each / total for material, each in odds.items()}


def neighbours_agree(both: Shares, first: Shares, second: Shares, opinion: FieldOpinion) -> bool:
    """Whether a network and neighbours by two people find the same material likeliest, with enough confidence
    together. ``both``: by networks and neighbours; ``first``, ``second``: by each network alone."""
    best = max(both, key=both.__getitem__)
    if best is not opinion.likeliest or best not in opinion.by_two or both[best] < opinion.accept_threshold:
        return False
    return any(best in looks_like(max(each, key=each.__getitem__)) for each in (first, second) if each)


def looks_like(kind: Material) -> tuple[Material, ...]:
    """The materials that a class of the networks may be."""
    return tuple(material for material, _ in LOOKS_LIKE.get(kind, ((kind, 1.0),)))
