"""``python -m bench.answers DATA``: how often the product is right, how often it asks, and whether it says so honestly.

Labelled pictures go the product's own way: the default detector and the shipped material model look, the rule table
says what labels mean and where things go, fusion answers or asks. Pictures are drawn by a fixed seed, so that the same
files give the same figures. docs/answers.md says how the constants of fusion were chosen by them.
"""

import argparse
import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
from training.samples import Sample, battery_samples, taco_elsewhere, training_samples, web_samples

from bench.places import detector
from bunri.domains.recycling.identifying import meanings
from bunri.domains.recycling.public import Meaning
from bunri.domains.recycling.ranking import decide, guess_categories
from bunri.domains.recycling.service import _meaning
from bunri.domains.recycling.table import RuleTable, load_table
from bunri.domains.waste import fusion
from bunri.domains.waste.settings import WasteSettings
from bunri.kit.materials import Material
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture
from bunri.platform.vision.local import LocalVision
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import VisionResult

SEED: Final = 20_261_121
PLASTICS: Final = frozenset({Material.PET, Material.PLASTIC})
TRUTHS: Final = {
    "film": {Material.VINYL},
    "styrofoam": {Material.STYROFOAM},
    "tissue": {Material.OTHER},
    "paper_cup": {Material.PAPER},
    "wood": {Material.WOOD, Material.OTHER},
    "battery-eval": {Material.BATTERY},
}
"""What the classes of the material model have no word for, by folder."""


@dataclass(frozen=True, slots=True)
class Look:
    """A picture, what it shows, and what the eyes saw in it."""

    sample: Sample
    result: VisionResult

    @property
    def truth(self) -> frozenset[Material]:
        """Plastic is right as clear PET, too: no set says which of its bottles are clear."""
        folder = self.sample.path.parent.name
        named = TRUTHS.get(folder) or {MATERIALS[index] for index in self.sample.right}
        return frozenset(named) | (PLASTICS if PLASTICS & named else frozenset())


@dataclass(frozen=True, slots=True)
class Verdict:
    """One picture's answer in the product's terms."""

    top: bool
    asked: bool
    among: bool
    """Right when not asked, else the truth is among the choices."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=300, help="pictures of each set, at most")
    parser.add_argument("--tune", action="store_true", help="the pictures for choosing constants, not for reporting")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    table = load_table()
    print(_HEAD)
    for name, looks in _looked_at(_sets(arguments.data, arguments.tune), arguments.count):
        for eyes, seen in (("both", looks), ("no detector", [_without_detector(look) for look in looks])):
            print(line(f"{name}, {eyes}", [verdict(look, table) for look in seen]), flush=True)


_HEAD: Final = (
    "| set, eyes | pictures | top-1 | answered | right when answered | asked | truth among the choices | "
    "right or among the choices |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def line(title: str, verdicts: Sequence[Verdict]) -> str:
    """A row of the table: shares with what they are shares of."""
    told, asked = [each for each in verdicts if not each.asked], [each for each in verdicts if each.asked]
    cells = [
        title,
        str(len(verdicts)),
        _share(verdicts, lambda each: each.top),
        _share(verdicts, lambda each: not each.asked),
        _share(told, lambda each: each.among),
        _share(verdicts, lambda each: each.asked),
        _share(asked, lambda each: each.among),
        _share(verdicts, lambda each: each.among),
    ]
    return f"| {' | '.join(cells)} |"


def _share(verdicts: Sequence[Verdict], has: Callable[[Verdict], bool]) -> str:
    hits = sum(map(has, verdicts))
    return f"{hits / len(verdicts):.0%} ({hits}/{len(verdicts)})" if verdicts else "–"


def verdict(look: Look, table: RuleTable) -> Verdict:
    """What the product says to a picture of one thing: its first item's answer or question."""
    known = {thing.label: meant(table, thing.label) for thing in look.result.objects}
    item = fusion.fuse(look.result, {label: each for label, each in known.items() if each is not None}, "en")[0]
    facts = item.facts()
    where = guess_categories(table, facts, decide(table, facts))
    question = fusion.question(item, WasteSettings().sure, "en", where)
    top = item.material in look.truth
    if question is None:
        return Verdict(top, asked=False, among=top)
    return Verdict(top, asked=True, among=any(_is(choice.value, look.truth, table) for choice in question.choices))


def meant(table: RuleTable, label: str) -> tuple[Meaning, ...] | None:
    """As ``RecyclingPublic.meanings``; None for a label that the table does not know."""
    found = meanings(table, label)
    return None if found is None else tuple(_meaning(item, share, "en") for item, share in found)


def _is(value: str, truth: frozenset[Material], table: RuleTable) -> bool:
    return value in truth or (value in table.items and table.items[value].material in truth)


def _without_detector(look: Look) -> Look:
    return replace(look, result=replace(look.result, objects=()))


def _looked_at(sets: dict[str, list[Sample]], count: int) -> Iterator[tuple[str, list[Look]]]:
    weights = detector()
    if weights is None:
        raise SystemExit("no weights of yolox_nano: set BUNRI_MODELS_DIR or BUNRI_SHARED")
    eyes = LocalVision(OnnxDetector(weights, weights.stem), MaterialClassifier())
    for name, samples in sets.items():
        yield name, asyncio.run(_look(eyes, drawn(samples, count)))
    eyes.close()


def drawn(samples: Sequence[Sample], count: int) -> list[Sample]:
    """So many of a set, the same on every machine."""
    ordered = sorted(samples, key=lambda sample: str(sample.path.relative_to(sample.path.parents[2])))
    return random.Random(SEED).sample(ordered, min(count, len(ordered)))


async def _look(eyes: LocalVision, samples: Sequence[Sample]) -> list[Look]:
    limits = PhotoLimits()
    photos = ((sample, open_picture(sample.path.read_bytes(), limits)) for sample in samples)
    return [Look(sample, await eyes.see(photo.pixels)) for sample, photo in photos]


def _sets(data: Path, tune: bool) -> dict[str, list[Sample]]:
    """Pictures that nothing was taught with; the two halves of the web pictures are never mixed."""
    held_out: dict[str, list[Sample]] = {}
    for sample in training_samples(data):
        if sample.side == ("tune" if tune else "test"):
            held_out.setdefault(sample.source, []).append(sample)
    web = web_samples(data)
    random.Random(SEED).shuffle(web)
    if tune:
        return {**held_out, "web": web[::2]}
    litter = [*held_out.pop("taco", []), *taco_elsewhere(data)]
    return {**held_out, "taco": litter, "web": web[1::2], "battery cells": battery_samples(data)}


if __name__ == "__main__":
    main()
