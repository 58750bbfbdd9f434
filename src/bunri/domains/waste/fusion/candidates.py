"""What a thing could be, each with its probability: from opinions on its name and evidence about its material. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bunri.domains.recycling.public import Meaning
from bunri.domains.waste.fusion.evidence import LOOKS_LIKE, MaterialEvidence, Parts, pool
from bunri.domains.waste.fusion.opinions import Meanings, Opinion
from bunri.domains.waste.fusion.seen import Candidate
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject

RARE: Final = 0.02
"""Candidates that are less likely are dropped."""
COLOUR_SAYS: Final = {True: 0.09, False: 1.5}
"""How much likelier a clear bottle becomes where pixels tell, or do not tell, that a bottle is coloured. Measured on
112 bottles: none of 29 clear ones and 29 of 83 others were called coloured (docs/answers.md; rule of succession)."""
Divisions = Mapping[Material, Sequence[Meaning]]
NOTHING_DIVIDES: Final[Divisions] = MappingProxyType({})
PLAUSIBLE: Final = 0.5
"""Where the material of the whole picture is known, a detection under this score is not an item: alone it is a hint
about the whole."""


def _by_material(opinion: Opinion, evidence: MaterialEvidence | None) -> dict[Material, float]:
    """The probability of each class of the material model."""
    shares: dict[Material, float] = {}
    known = [(meaning.material, weight) for meaning, weight in opinion.meanings]
    for material, weight in (*known, *opinion.materials.items()):
        kind = class_of(material, evidence)
        shares[kind] = shares.get(kind, 0.0) + weight
    return shares


def candidates_of(
    thing: DetectedObject | None,
    opinion: Opinion,
    evidence: MaterialEvidence | None,
    meanings: Meanings,
    divisions: Divisions,
    language: Language,
) -> list[Candidate]:
    """What ``thing`` could be: what its label and the picture's names mean, and each material in the evidence."""
    known = meanings.get(thing.label, ()) if thing else ()
    found: list[Candidate] = []
    for kind, pooled in pool(_by_material(opinion, evidence), evidence).items():
        of_kind = [
            (meaning, weight) for meaning, weight in opinion.meanings if class_of(meaning.material, evidence) is kind
        ]
        total = sum(weight for _, weight in of_kind)
        named = _named(opinion.reliability, kind, evidence) if total else 0.0
        found += [_meant(meaning, pooled * named * weight / total, thing) for meaning, weight in of_kind if total]
        if kind is not Material.OTHER or not (evidence and evidence.independent):
            name = _readable(thing.label, language) if thing and thing.label not in meanings else None
            parts = _looks_like(kind, evidence, known if thing and thing.score >= PLAUSIBLE else ())
            form = thing.form if thing else None
            for material, share in parts:
                things = _divided(material, form, divisions, known)
                found += _of_material(material, pooled * (1 - named) * share, name, form, things, language)
    return _coloured(_merged(found), thing.coloured if thing else None)


def _merged(found: Sequence[Candidate]) -> list[Candidate]:
    """Each candidate once, with all of its probability."""
    merged: dict[str, Candidate] = {}
    for each in found:
        same = merged.get(each.value)
        total = min(1.0, each.probability + (same.probability if same else 0.0))
        merged[each.value] = (same or each).model_copy(update={"probability": total})
    return list(merged.values())


def _named(reliability: float, kind: Material, evidence: MaterialEvidence | None) -> float:
    """How likely a thing of a material that the label can mean is what the label says. A fitting material is no
    evidence for the label: detectors take cloth for a bed because it is cloth."""
    return reliability if evidence and evidence.can_name(kind) else 1.0


def _meant(meaning: Meaning, probability: float, thing: DetectedObject | None) -> Candidate:
    form = (thing.form if thing else None) or meaning.form
    return Candidate(
        item=meaning.item, name=meaning.name, material=meaning.material, form=form, probability=min(1.0, probability)
    )


def _looks_like(kind: Material, evidence: MaterialEvidence | None, known: Sequence[Meaning]) -> Parts:
    """The materials that pixels of ``kind`` may be. A toothbrush is no clear bottle: ``known``, the meanings of the
    label, rule that out where none of them is one; a weak detection does not. Confirmed photos may tell them apart."""
    may_be_clear = not known or any(meaning.material is Material.PET for meaning in known)
    parts = LOOKS_LIKE.get(kind, ((kind, 1.0),))
    told_apart = evidence is not None and sum(material in evidence.shares for material, _ in parts) > 1
    return parts if evidence and evidence.independent and may_be_clear and not told_apart else ((kind, 1.0),)


def _divided(material: Material, form: str | None, divisions: Divisions, known: Sequence[Meaning]) -> Sequence[Meaning]:
    """The things over which ``material`` divides, the usual one first, as far as they have that form and are not among
    the meanings of the label already."""
    usual, *others = divisions.get(material) or (None,)
    meant = {meaning.item for meaning in known}
    fitting = [each for each in others if each.item not in meant and (not form or each.form in (None, form))]
    return (usual, *fitting) if usual and fitting else ()


def _of_material(
    material: Material,
    probability: float,
    name: str | None,
    form: str | None,
    things: Sequence[Meaning],
    language: Language,
) -> list[Candidate]:
    """Candidates of which only the material is known: it, called by the usual one of ``things`` over which it divides,
    and the others."""
    usual = things[0].name if things else text(f"waste.material.{material}", language)
    rest = probability * (1 - sum(each.prior for each in things[1:]))
    mere = Candidate(item=None, name=name or usual, material=material, form=form, probability=min(1.0, rest))
    return [mere, *(_meant(each, probability * each.prior, None) for each in things[1:])]


def _readable(label: str, language: Language) -> str | None:
    """The name of a class that no rule knows, if it is in the script of ``language``: detectors name theirs in one."""
    hangul = any("가" <= letter <= "힣" for letter in label)
    return label if hangul is (language == "ko") else None


def class_of(material: Material, evidence: MaterialEvidence | None) -> Material:
    """The class of the material model that stands for ``material``."""
    if evidence is None or material in evidence.shares:
        return material
    return next((seen for seen, parts in LOOKS_LIKE.items() if material in dict(parts)), material)


def _coloured(candidates: list[Candidate], coloured: bool | None) -> list[Candidate]:
    """With the colour of a bottle as evidence: a coloured one is not collected with the clear ones."""
    if coloured is None:
        return candidates
    says = {c.value: COLOUR_SAYS[coloured] if c.material is Material.PET else 1.0 for c in candidates}
    before = sum(c.probability for c in candidates)
    after = sum(c.probability * says[c.value] for c in candidates) + max(0.0, 1 - before)
    return [c.model_copy(update={"probability": min(1.0, c.probability * says[c.value] / after)}) for c in candidates]


def ranked(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    best = sorted(candidates, key=lambda candidate: -candidate.probability)
    return tuple(c for rank, c in enumerate(best) if not rank or c.probability >= RARE)
