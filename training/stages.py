"""The stages from pictures to the three files that ship; each leaves its result and is skipped where that exists."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.material.classifier import SIDE
from bunri.platform.vision.material.feature_bank import FeatureBank
from training import cutouts, fit, measure, quantise, sets, views
from training.calibrate import Evidence, calibrate
from training.fit import Recipe
from training.network import Network
from training.remember import remember
from training.samples import Sample, training_samples
from training.sets import ViewSet


@dataclass(frozen=True, slots=True)
class Run:
    """One fine-tuning: its seed, its learning rate and the parts of the views that it passes over."""

    seed: int
    rate: float
    parts: tuple[int, ...]


TRAIN_SIDE = 192
"""Smaller than SIDE: crops make things look larger in training than at use (Touvron et al. 2019), and it is cheaper."""

VIEWS = 12_000
"""In each part."""

NOTHINGS = 550
"""Views of nothing, and as many of boards, to remember; a third of that to calibrate with."""

FIRST = Run(seed=1, rate=1.5e-4, parts=(0, 1))
THEN = (Run(seed=3, rate=1e-4, parts=(2, 0)), Run(seed=4, rate=1e-4, parts=(1, 2)))
"""Both go on from where the first arrived; their weights are averaged."""

Part = tuple[NDArray[np.uint8], NDArray[np.float32]]
"""Views and what each should be taken for."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where the pictures are, where stages leave their results, and how many processes may work."""

    data: Path
    out: Path
    processes: int

    def part(self, number: int) -> Part:
        samples = training_samples(self.data)
        studio = sets.Studio(samples, self.out / "pictures", "train")
        path, chosen = self.out / f"train-{number}.npy", sets.balanced(samples, VIEWS, number).tolist()
        seed = 100 + number
        drawn = sets.draw(path, studio, chosen, TRAIN_SIDE, views.TRAIN, seed=seed, processes=self.processes)
        return drawn.pixels, drawn.targets(samples)


def make(shop: Workshop) -> None:
    """Leave ``material.onnx``, ``feature_bank.npz`` and ``calibration.json`` in the workshop."""
    shop.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    samples = training_samples(shop.data)
    cutouts.prepare(samples, shop.out / "pictures", shop.processes)
    if not (shop.out / "material.onnx").exists():
        _taught(shop)
    _remembered(shop, samples)
    _calibrated(shop, samples)


def _taught(shop: Workshop) -> None:
    parts = [shop.part(number) for number in range(3)]
    _probed(shop, parts[0])
    first = _tuned(shop, FIRST, shop.out / "probe.pt")
    with ProcessPoolExecutor(shop.processes, mp_context=get_context("spawn")) as pool:
        tuned = [_loaded(path) for path in pool.map(_tuned, repeat(shop), THEN, repeat(first))]
    _quantised(shop.out, fit.mean_of(tuned), parts[0][0])


def _probed(shop: Workshop, part: Part) -> None:
    if not (shop.out / "probe.pt").exists():
        torch.set_num_threads(shop.processes)
        network = fit.fresh(Recipe(), len(MATERIALS))
        fit.probe(network, *part, Recipe(), seed=0)
        torch.save(network.state_dict(), shop.out / "probe.pt")


def _tuned(shop: Workshop, run: Run, start: Path) -> Path:
    """One thread a run: on few cores, runs side by side outpace threads that wait for each other."""
    path = shop.out / f"tuned-{run.seed}.pt"
    if not path.exists():
        torch.set_num_threads(1)
        parts = [shop.part(number) for number in run.parts]
        tuned = fit.fine_tune(_loaded(start), parts, Recipe(rate=run.rate), run.seed)
        torch.save(tuned.state_dict(), path)
    return path


def _loaded(path: Path) -> Network:
    network = fit.fresh(Recipe(), len(MATERIALS))
    network.load_state_dict(torch.load(path))
    return network


def _quantised(out: Path, network: Network, pixels: NDArray[np.uint8]) -> None:
    quantise.export(network, out / "exact.onnx", SIDE)
    ranges = [cv2.resize(view, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for view in pixels[:400]]
    quantise.quantise(out / "exact.onnx", out / "material.onnx", np.array(ranges, np.uint8))


def _remembered(shop: Workshop, samples: list[Sample]) -> None:
    if (shop.out / "feature_bank.npz").exists():
        return
    numbers = [number for number, sample in enumerate(samples) if sample.side == "train"]
    shown = (cutouts.load(shop.out / "pictures", number).pixels for number in numbers)
    _, pictures = measure.seen(shop.out / "material.onnx", shown)
    none = sets.none(shop.out, samples, "train", NOTHINGS, shop.processes)
    _, nothings = measure.seen(shop.out / "material.onnx", none.pictures())
    remember(shop.out / "feature_bank.npz", pictures, [samples[number].label for number in numbers], nothings)


def _calibrated(shop: Workshop, samples: list[Sample]) -> None:
    bank = FeatureBank.load(shop.out / "feature_bank.npz")

    def evidence(drawn: ViewSet) -> Evidence:
        logits, features = measure.seen(shop.out / "material.onnx", drawn.pictures())
        return Evidence(logits, bank.knn_similarity(features))

    held_out = sets.held_out(shop.out, samples, "tune", shop.processes)
    none = sets.none(shop.out, samples, "tune", NOTHINGS // 3, shop.processes)
    found = [evidence(drawn) for drawn in held_out.values()]
    things = Evidence(np.concatenate([f.logits for f in found]), np.concatenate([f.similarity for f in found]))
    shown = [samples[number] for drawn in held_out.values() for number in drawn.numbers]
    made = calibrate(things, shown, evidence(none))
    (shop.out / "calibration.json").write_text(made.model_dump_json(indent=2) + "\n")
