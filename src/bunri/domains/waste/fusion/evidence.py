"""How reliable each source of evidence is, and what two sources say together. Pure.

There are three sources of evidence about a thing: the detector's label, or what a language model describes in its
place; the material that a classifier finds in the crop (where one thing fills the picture, the mean of two networks);
and names of the picture as a whole. Each is an opinion over materials and may simply be wrong, so a share of it is
spread evenly and no single source ever rules anything out. Opinions of independent sources are multiplied (naive Bayes;
a logarithmic opinion pool with weights 1). One model that names a thing *and* its material is a single source, so its
two statements get weight ½ each (Genest & Zidek 1986, "Combining probability distributions", §3: weights of dependent
experts add up to 1). Agreement thereby raises the confidence, and a contradiction of two confident sources leaves
neither above the threshold.

The reliabilities were measured (docs/answers.md), not taken from the models' own scores: networks are overconfident
where pictures differ from those that they were trained on (Guo et al. 2017, "On calibration of modern neural
networks").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bunri.kit.materials import Material

Shares = Mapping[Material, float]

MAX_LABEL_RELIABILITY: Final = 0.6
"""Reliability of a label with the highest score. COCO has no classes for waste: of the default detector's labels with a
score of 0.5 to 0.8 on photos of waste, half named a thing of the right material; where one contradicted a material
model above its threshold, the material model was right 87 times of 88."""
MATERIAL_RELIABILITY: Final = 0.9
"""The material model is calibrated on single things before a plain background; elsewhere it is less reliable. Chosen
among 0.8, 0.9 and 0.95 on the tuning pictures, where it made little difference."""
NAMES_RELIABILITY: Final = 0.6
"""Reliability of a name of the whole picture, times its probability. As for labels; 0.4 and 0.8 were tried and made
little difference (docs/answers.md)."""
DESCRIPTION_RELIABILITY: Final = 0.6
"""Reliability of what a language model says of a thing, times the probability that it gives. Not measured: which model
it is, the operator decides. So it counts as a label or a name does, and is never sure without the material model."""
AGREED: Final = 0.8
"""The probability from which on two opinions on a material make it sure when they are the same. On photos by phone of
sources that neither network was trained on, 29 of 29 such answers were right (docs/answers.md)."""
DISPOSED_ALIKE: Final = 0.9
"""How much of the material that two agree on has to go to one disposal. The things over which paper, cloth, metal and
food divide (materials.toml) are more than the rest, so these are asked about; a bottle that is seen to be coloured is
not, and what a label contradicts is."""
ONE_PLACE: Final = frozenset({Material.CARTON})
"""Materials of which nearly all training pictures come from one place, so that both networks may have learnt the place:
a bottle in a hand before a shelf is a carton to them. Never sure from pixels."""
LOOKED_LIKE: Final = frozenset({Material.CARDBOARD})
"""Materials that something common looks like for which neither network has a class (wood): agreeing does not help."""
Parts = tuple[tuple[Material, float], ...]
LOOKS_LIKE: Final[Mapping[Material, Parts]] = {
    Material.PLASTIC: ((Material.PLASTIC, 0.6), (Material.PET, 0.4)),
}
"""What pixels call one material and the rules know as two, with the share of each among household waste (an estimate):
a clear bottle is collected by itself, so it is worth the question."""
CONFUSED_WITH: Final[Mapping[Material, tuple[Material, ...]]] = {
    Material.VINYL: (Material.PLASTIC, Material.OTHER),
    Material.STYROFOAM: (Material.PLASTIC, Material.PAPER, Material.OTHER),
    Material.BATTERY: (Material.METAL, Material.PLASTIC, Material.OTHER),
    Material.LAMP: (Material.GLASS, Material.OTHER),
    Material.WOOD: (Material.CARDBOARD, Material.OTHER),
}
"""Materials that are no class of the material model, with the classes it gives them (an estimate, except for batteries:
docs/model-card.md)."""
TAKEN_FOR_OTHERS: Final = 0.2
"""Of the things that the material model calls one of its classes, how many are of a material that it has no word for
(an estimate; of 80 pictures of cells it called 40 metal)."""
_ALL: Final = len(Material) - 2
"""Materials without "unknown", clear PET and plastic counted once."""


@dataclass(frozen=True, slots=True)
class MaterialEvidence:
    """Probabilities of materials from one source. ``independent``: they come from another model than the label, which
    knows only the materials that it lists."""

    shares: Shares
    independent: bool

    def can_name(self, material: Material) -> bool:
        """Whether ``material`` is among what this source can answer."""
        return not self.independent or material in self.shares

    def likelihood(self, material: Material) -> float:
        """The probability of ``material``; for one that is no class of the model, that of the classes it is confused
        with."""
        if not self.independent:
            rest = max(0.0, 1 - sum(self.shares.values()))
            return self.shares.get(material, rest / _ALL)
        classes = (material,) if material in self.shares else CONFUSED_WITH.get(material, ())
        confused = [each for each in classes if each in self.shares]
        share = sum(self.shares[each] for each in confused) / len(confused) if confused else 1 / len(self.shares)
        return discounted(share, MATERIAL_RELIABILITY, len(self.shares))


def discounted(probability: float, reliability: float, classes: int) -> float:
    """``probability`` as far as its source is reliable, and the uniform probability of ``classes`` for the rest."""
    return reliability * probability + (1 - reliability) / classes


def mean(first: Shares, second: Shares) -> dict[Material, float]:
    """Two opinions on the material of one thing as one, over the classes of the first. They are not multiplied: both
    come from pixels, and where they differ the doubt has to stay."""
    return {material: (share + second.get(material, 0.0)) / 2 for material, share in first.items()}


def agree(first: Shares, second: Shares, threshold: float) -> bool:
    """Whether two opinions make a material sure. ``threshold``: of the first alone, where agreeing does not help."""
    likeliest = max(first, key=first.__getitem__)
    if likeliest is not max(second, key=second.__getitem__) or likeliest in ONE_PLACE:
        return False
    least = threshold if likeliest in LOOKED_LIKE else AGREED
    return first[likeliest] >= least and second[likeliest] >= AGREED


def label_reliability(score: float, *, measured: bool) -> float:
    """The probability that a detector's label is right. ``measured``: it comes from a local detector, whose scores are
    too high."""
    return MAX_LABEL_RELIABILITY * score**2 if measured else score


def pool(label: Shares, evidence: MaterialEvidence | None) -> dict[Material, float]:
    """The probability of each material by both sources; adds up to at most 1.

    ``label``: how likely it is each material because the label is right; what lacks to 1 is the chance that it is
    something else, which counts for no material without evidence about the material.
    """
    if evidence is None or not evidence.shares:
        return dict(label)
    weight, many = (1.0, len(evidence.shares)) if evidence.independent else (0.5, _ALL)
    wrong = max(0.0, 1 - sum(label.values())) / many
    odds = {}
    for material in dict.fromkeys((*label, *evidence.shares)):
        prior = label.get(material, 0.0) + (wrong if evidence.can_name(material) else 0.0)
        odds[material] = float((prior * evidence.likelihood(material)) ** weight)
    total = sum(odds.values()) + _unnamed(evidence, wrong, len(odds))
    return {material: each / total for material, each in odds.items()} if total else {}


def _unnamed(evidence: MaterialEvidence, wrong: float, named: int) -> float:
    """The rest for materials that no source named. An independent source gives a probability to each that it knows."""
    if evidence.independent:
        return 0.0
    rest = max(0.0, 1 - sum(evidence.shares.values())) / _ALL
    return max(0, _ALL - named) * float((wrong * rest) ** 0.5)
