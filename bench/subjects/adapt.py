"""Learning in the field: how much better the product knows one place after 20, 50 and 100 confirmed photos of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2

from bench.adapting import Place, Replay, Score
from bench.answers import product_vision
from bench.paths import detector, shared
from bench.result import BenchmarkResult, at_least, missing
from bench.sources import analysed, layer_without, sources
from bench.worker_processes import ROOT
from bunri.domains.recycling.table import load_table
from bunri.domains.waste.field_bank.validation import Validation
from bunri.kit.languages import add_catalogue

LAYERS: Final = ROOT / "data" / "material_layer"
"""Where ``python -m training.material_layer`` leaves the layers without each source."""
CACHE: Final = Path(tempfile.gettempdir()) / "bunri-adapt"
"""What the networks saw, with features."""
PLACES: Final = ("vn-store", "datacluster-bottles", "noman-bd", "bearlogic")
UNTRAINED: Final = "vn-store"
"""The place on which nothing was ever trained."""
CONFIRMED: Final = (20, 50, 100)
AIMED_AFTER: Final = 50
MORE: Final = 10
"""Points that are wanted after so many photos."""
SHUFFLES: Final = 4
LEAST_LEFT: Final = 20
"""Photos that have to be left to be measured on."""


def measure(quick: bool) -> Iterator[BenchmarkResult]:
    folder = shared()
    if folder is None or detector() is None:
        yield missing("first right after 50 confirmed photos", "%", "no reference photos, or no weights")
        return
    cv2.setNumThreads(1)
    add_catalogue("bunri.domains.waste")
    found = sources(folder / "data")
    for name in PLACES[:1] if quick else PLACES:
        layer = layer_without(name, LAYERS)
        if layer is None and name != UNTRAINED:
            yield missing(f"{name}: first right", "%", "no layer without it: python -m training.material_layer DATA")
            continue
        vision = product_vision(layer)
        place = Place(analysed(vision, found[name], CACHE / name), load_table(), Validation.load())
        vision.close()
        yield from _lines(name, place, 2 if quick else SHUFFLES)


def _lines(name: str, place: Place, shuffles: int) -> Iterator[BenchmarkResult]:
    """In random orders by two people and by one, and in the order of the photos."""
    for order, people, seeds in (
        ("shuffled", 2, range(shuffles)),
        ("shuffled", 1, range(shuffles)),
        ("in order", 2, (None,)),
    ):
        for confirmed in CONFIRMED:
            if len(place) - confirmed >= LEAST_LEFT:
                replays = [place.replay(confirmed, people, seed) for seed in seeds]
                yield _line(f"{name}, {order}, {confirmed} by {people}", replays, confirmed == AIMED_AFTER)


def _line(what: str, replays: list[Replay], wanted: bool) -> BenchmarkResult:
    """First right, beside the same photos without what was confirmed; the note tells what was answered."""
    score = Score.of([answer for replay in replays for answer in replay.answers])
    before = Score.of([answer for replay in replays for answer in replay.untaught])
    note = (
        f"{before.first / before.answers:.1%} before; answered {score.stated / score.answers:.0%}, right"
        f" {score.stated_right} of {score.stated}, before {before.stated_right} of {before.stated};"
        f" refused {sum(replay.worth is None for replay in replays)} of {len(replays)}"
    )
    budget = at_least(round(100 * before.first / before.answers + MORE, 1)) if wanted else None
    return BenchmarkResult(what, 100 * score.first / score.answers, "%", budget, note=note)
