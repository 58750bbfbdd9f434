"""``python -m bench.answers DATA``: how often the product is right, how often it asks, and how well it is calibrated.

Labelled pictures go through the product's own pipeline: the default detector and the shipped material model analyse
them, the rule table gives meanings and categories, fusion answers or asks. Pictures are drawn by a fixed seed, so that
the same files give the same figures. docs/answers.md says how the constants of fusion were chosen by them.
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

from bench.paths import detector
from bunri.domains.recycling.identifying import divisions, meanings
from bunri.domains.recycling.public import Kind, Meaning
from bunri.domains.recycling.ranking import decide, guess_categories
from bunri.domains.recycling.service import _kind, _meaning
from bunri.domains.recycling.table import RuleTable, load_table
from bunri.domains.waste import fusion
from bunri.domains.waste.settings import WasteSettings
from bunri.kit.languages import add_catalogue
from bunri.kit.materials import Material
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture
from bunri.platform.vision.local import LocalVision
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.names import ThingNamer
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
"""The right materials of folders for which the material model has no class."""


@dataclass(frozen=True, slots=True)
class LabelledResult:
    """A labelled picture and what the vision models found in it."""

    sample: Sample
    result: VisionResult

    @property
    def truth(self) -> frozenset[Material]:
        """The materials that count as right. Plastic and clear PET both do, since no data set tells them apart."""
        folder = self.sample.path.parent.name
        named = TRUTHS.get(folder) or {MATERIALS[index] for index in self.sample.right}
        return frozenset(named) | (PLASTICS if PLASTICS & named else frozenset())


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """The product's answer to one picture."""

    top: bool
    asked: bool
    likely: bool
    """Without a question: whether the answer is right. With one: whether the truth is among its likely choices."""
    among: bool
    """As ``likely``, with all choices."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=300, help="pictures of each set, at most")
    parser.add_argument("--tune", action="store_true", help="the pictures for choosing constants, not for reporting")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    add_catalogue("bunri.domains.waste")  # whose names of materials fusion uses
    table = load_table()
    print(_HEAD)
    for name, results in _analysed(_datasets(arguments.data, arguments.tune), arguments.count):
        for vision, seen in (("both", results), ("no detector", [_without_detector(result) for result in results])):
            print(table_row(f"{name}, {vision}", [verdict(result, table) for result in seen]), flush=True)


_HEAD: Final = (
    "| set, vision models | pictures | top-1 | answered | right when answered | asked | "
    "truth among the likely choices | truth among the choices | right or among the likely |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def table_row(title: str, verdicts: Sequence[ScoredAnswer]) -> str:
    """A row of the table, with shares and the counts behind them."""
    answered, asked = [each for each in verdicts if not each.asked], [each for each in verdicts if each.asked]
    cells = [
        title,
        str(len(verdicts)),
        _share(verdicts, lambda each: each.top),
        _share(verdicts, lambda each: not each.asked),
        _share(answered, lambda each: each.among),
        _share(verdicts, lambda each: each.asked),
        _share(asked, lambda each: each.likely),
        _share(asked, lambda each: each.among),
        _share(verdicts, lambda each: each.likely),
    ]
    return f"| {' | '.join(cells)} |"


def _share(verdicts: Sequence[ScoredAnswer], has: Callable[[ScoredAnswer], bool]) -> str:
    hits = sum(map(has, verdicts))
    return f"{hits / len(verdicts):.0%} ({hits}/{len(verdicts)})" if verdicts else "–"


def verdict(result: LabelledResult, table: RuleTable) -> ScoredAnswer:
    """The product's answer or question about the first item in a picture of one thing."""
    labels = (*(thing.label for thing in result.result.objects), *result.result.names)
    known = {label: meant(table, label) for label in labels}
    meant_by = {label: each for label, each in known.items() if each is not None}
    item = fusion.fuse(result.result, meant_by, "en", divisions=divided(table))[0]
    facts = item.facts()
    categories = guess_categories(table, facts, decide(table, facts))
    question = fusion.question(item, WasteSettings().sure, "en", categories, kinds(table))
    top = item.material in result.truth
    if question is None:
        return ScoredAnswer(top, asked=False, likely=top, among=top)
    right = [choice for choice in question.choices if _is(choice.value, result.truth, table)]
    likely = any(choice.group is fusion.ChoiceGroup.LIKELY for choice in right)
    return ScoredAnswer(top, asked=True, likely=likely, among=bool(right))


def kinds(table: RuleTable) -> list[Kind]:
    """As ``RecyclingPublic.kinds``."""
    return [_kind(table, kind, "en") for kind in table.kinds]


def divided(table: RuleTable) -> dict[Material, tuple[Meaning, ...]]:
    """As ``RecyclingPublic.divisions``."""
    return {
        material: tuple(_meaning(item, share, "en") for item, share in things)
        for material, things in divisions(table).items()
    }


def meant(table: RuleTable, label: str) -> tuple[Meaning, ...] | None:
    """As ``RecyclingPublic.meanings``; None for a label that the table does not know."""
    found = meanings(table, label)
    return None if found is None else tuple(_meaning(item, share, "en") for item, share in found)


def _is(value: str, truth: frozenset[Material], table: RuleTable) -> bool:
    return value in truth or (value in table.items and table.items[value].material in truth)


def _without_detector(result: LabelledResult) -> LabelledResult:
    return replace(result, result=replace(result.result, objects=()))


def product_vision(layer: Path | None = None) -> LocalVision:
    """The default detector, the shipped material model and the namer, perhaps with another layer. Ends the command
    where there are no weights."""
    weights = detector()
    if weights is None:
        raise SystemExit("no weights of yolox_nano: set BUNRI_MODELS_DIR or BUNRI_SHARED")
    return LocalVision(OnnxDetector(weights, weights.stem), MaterialClassifier(), ThingNamer(layer=layer))


def _analysed(datasets: dict[str, list[Sample]], count: int) -> Iterator[tuple[str, list[LabelledResult]]]:
    vision = product_vision()
    for name, samples in datasets.items():
        yield name, asyncio.run(_labelled_result(vision, drawn(samples, count)))
    vision.close()


def drawn(samples: Sequence[Sample], count: int) -> list[Sample]:
    """``count`` samples at most, the same ones on every machine."""
    ordered = sorted(samples, key=lambda sample: str(sample.path.relative_to(sample.path.parents[2])))
    return random.Random(SEED).sample(ordered, min(count, len(ordered)))


async def _labelled_result(vision: LocalVision, samples: Sequence[Sample]) -> list[LabelledResult]:
    limits = PhotoLimits()
    photos = ((sample, open_picture(sample.path.read_bytes(), limits)) for sample in samples)
    return [LabelledResult(sample, await vision.see(photo.pixels)) for sample, photo in photos]


def _datasets(data: Path, tune: bool) -> dict[str, list[Sample]]:
    """Pictures that no model was trained with, by data set. Half of the web pictures are for tuning, half for tests."""
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
