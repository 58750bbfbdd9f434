"""How far each witness is believed, and what two of them come to together. Pure.

Two witnesses speak of one thing: a detector by the label it gives it, a judge by the material it sees in the crop.
Each is an opinion over materials, and each may simply be wrong: a share of it is spread evenly, so that nothing is
ever ruled out by one voice. Opinions of independent witnesses are multiplied (naive Bayes; a logarithmic opinion pool
with weights 1); one model that names a thing *and* its material is one witness, so its two words get weight ½ each
(Genest & Zidek 1986, "Combining probability distributions", §3: weights of dependent experts add up to 1). Agreement
thereby raises the confidence, and a contradiction of two confident witnesses leaves neither enough to be sure.

The shares were chosen by measurement (docs/answers.md), not taken from the models' own scores: networks are
overconfident where pictures differ from those that they learned from (Guo et al. 2017, "On calibration of modern neural
networks").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bunri.kit.materials import Material

Shares = Mapping[Material, float]

LABEL_MOST: Final = 0.6
"""How far a label of the highest score is believed. COCO knows no waste: of the default detector's labels with a score
of 0.5 to 0.8 on photos of waste half named a thing of the right material; where one contradicted a judge that was sure,
the judge was right 87 times of 88."""
JUDGE_TRUST: Final = 0.9
"""The judge is calibrated on one thing before a plain ground; for the rest its word counts as none. Chosen among 0.8,
0.9 and 0.95 on the tuning pictures, where it made little difference."""
SEEN_AS: Final[Mapping[Material, tuple[Material, ...]]] = {
    Material.VINYL: (Material.PLASTIC, Material.OTHER),
    Material.STYROFOAM: (Material.PLASTIC, Material.PAPER, Material.OTHER),
    Material.BATTERY: (Material.METAL, Material.PLASTIC, Material.OTHER),
    Material.LAMP: (Material.GLASS, Material.OTHER),
    Material.WOOD: (Material.CARDBOARD, Material.OTHER),
}
"""What a judge takes a material for that it has no word for (an estimate, but for batteries: docs/model-card.md)."""
_ALL: Final = len(Material) - 2
"""Materials without "unknown", clear PET and plastic counted once."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What somebody said of the material. ``independent`` of whoever gave the label: a model of its own, which knows
    only the materials that it lists."""

    shares: Shares
    independent: bool

    def may_say(self, material: Material) -> bool:
        return not self.independent or material in self.shares

    def believed(self, material: Material) -> float:
        """The probability of ``material``; of one that the judge has no word for, that of what it is taken for."""
        if not self.independent:
            rest = max(0.0, 1 - sum(self.shares.values()))
            return self.shares.get(material, rest / _ALL)
        seen_as = [each for each in SEEN_AS.get(material, (material,)) if each in self.shares]
        share = sum(self.shares[each] for each in seen_as) / len(seen_as) if seen_as else 1 / len(self.shares)
        return tempered(share, JUDGE_TRUST, len(self.shares))


def tempered(probability: float, trust: float, classes: int) -> float:
    """``probability`` if the witness is to be trusted, else any of ``classes`` alike."""
    return trust * probability + (1 - trust) / classes


def label_belief(score: float, *, measured: bool) -> float:
    """How likely a detector's label is right. ``measured``: it is a local detector, whose scores promise too much."""
    return LABEL_MOST * score**2 if measured else score


def pool(label: Shares, judge: Judge | None) -> dict[Material, float]:
    """How likely each material is after both have spoken; adds up to at most 1.

    ``label``: how likely it is each material because the label is right; what lacks to 1 is the chance that it is
    something else, which is nobody's unless a judge says what.
    """
    if judge is None or not judge.shares:
        return dict(label)
    weight, many = (1.0, len(judge.shares)) if judge.independent else (0.5, _ALL)
    wrong = max(0.0, 1 - sum(label.values())) / many
    odds = {}
    for material in dict.fromkeys((*label, *judge.shares)):
        prior = label.get(material, 0.0) + (wrong if judge.may_say(material) else 0.0)
        odds[material] = float((prior * judge.believed(material)) ** weight)
    total = sum(odds.values()) + _unnamed(judge, wrong, len(odds))
    return {material: each / total for material, each in odds.items()} if total else {}


def _unnamed(judge: Judge, wrong: float, named: int) -> float:
    """What is left for materials that nobody named. A judge of its own names all it knows."""
    if judge.independent:
        return 0.0
    rest = max(0.0, 1 - sum(judge.shares.values())) / _ALL
    return max(0, _ALL - named) * float((wrong * rest) ** 0.5)
