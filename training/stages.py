"""The stages from pictures to the three files that ship; each stores its result and is skipped where that exists."""

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
from training import cutouts, datasets, fit, measure, quantise, views
from training.calibrate import Evidence, calibrate
from training.datasets import ViewDataset
from training.feature_bank import write_feature_bank
from training.fit import TrainingConfig
from training.network import Network
from training.samples import Sample, training_samples


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

NEGATIVES = 550
"""Views without a thing, and as many of boards, in the feature bank; a third of that for calibration."""

FIRST = Run(seed=1, rate=1.5e-4, parts=(0, 1))
THEN = (Run(seed=3, rate=1e-4, parts=(2, 0)), Run(seed=4, rate=1e-4, parts=(1, 2)))
"""Both start from the weights of the first; their weights are averaged."""

Part = tuple[NDArray[np.uint8], NDArray[np.float32]]
"""Views and their targets."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of the pictures, the folder of the stages' results, and the number of processes."""

    data: Path
    out: Path
    processes: int

    def part(self, number: int) -> Part:
        samples = training_samples(self.data)
        renderer = datasets.ViewRenderer(samples, self.out / "pictures", "train")
        path, chosen = self.out / f"train-{number}.npy", datasets.balanced(samples, VIEWS, number).tolist()
        seed = 100 + number
        drawn = datasets.draw(path, renderer, chosen, TRAIN_SIDE, views.TRAIN, seed=seed, processes=self.processes)
        return drawn.pixels, drawn.targets(samples)


def make(workspace: Workspace) -> None:
    """Writes ``material.onnx``, ``feature_bank.npz`` and ``calibration.json`` into the workspace."""
    workspace.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    samples = training_samples(workspace.data)
    cutouts.prepare(samples, workspace.out / "pictures", workspace.processes)
    if not (workspace.out / "material.onnx").exists():
        _train_network(workspace)
    _write_feature_bank(workspace, samples)
    _write_calibration(workspace, samples)


def _train_network(workspace: Workspace) -> None:
    parts = [workspace.part(number) for number in range(3)]
    _probed(workspace, parts[0])
    first = _fine_tuned(workspace, FIRST, workspace.out / "probe.pt")
    with ProcessPoolExecutor(workspace.processes, mp_context=get_context("spawn")) as pool:
        tuned = [_loaded(path) for path in pool.map(_fine_tuned, repeat(workspace), THEN, repeat(first))]
    _quantised(workspace.out, fit.mean_of(tuned), parts[0][0])


def _probed(workspace: Workspace, part: Part) -> None:
    if not (workspace.out / "probe.pt").exists():
        torch.set_num_threads(workspace.processes)
        network = fit.fresh(TrainingConfig(), len(MATERIALS))
        fit.probe(network, *part, TrainingConfig(), seed=0)
        torch.save(network.state_dict(), workspace.out / "probe.pt")


def _fine_tuned(workspace: Workspace, run: Run, start: Path) -> Path:
    """One thread for each run: on few cores, parallel runs are faster than threads that wait for each other."""
    path = workspace.out / f"tuned-{run.seed}.pt"
    if not path.exists():
        torch.set_num_threads(1)
        parts = [workspace.part(number) for number in run.parts]
        tuned = fit.fine_tune(_loaded(start), parts, TrainingConfig(rate=run.rate), run.seed)
        torch.save(tuned.state_dict(), path)
    return path


def _loaded(path: Path) -> Network:
    network = fit.fresh(TrainingConfig(), len(MATERIALS))
    network.load_state_dict(torch.load(path))
    return network


def _quantised(out: Path, network: Network, pixels: NDArray[np.uint8]) -> None:
    quantise.export(network, out / "exact.onnx", SIDE)
    ranges = [cv2.resize(view, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for view in pixels[:400]]
    quantise.quantise(out / "exact.onnx", out / "material.onnx", np.array(ranges, np.uint8))


def _write_feature_bank(workspace: Workspace, samples: list[Sample]) -> None:
    if (workspace.out / "feature_bank.npz").exists():
        return
    numbers = [number for number, sample in enumerate(samples) if sample.side == "train"]
    shown = (cutouts.load(workspace.out / "pictures", number).pixels for number in numbers)
    _, pictures = measure.seen(workspace.out / "material.onnx", shown)
    negative_views = datasets.negatives(workspace.out, samples, "train", NEGATIVES, workspace.processes)
    _, negatives = measure.seen(workspace.out / "material.onnx", negative_views.pictures())
    write_feature_bank(
        workspace.out / "feature_bank.npz", pictures, [samples[number].label for number in numbers], negatives
    )


def _write_calibration(workspace: Workspace, samples: list[Sample]) -> None:
    bank = FeatureBank.load(workspace.out / "feature_bank.npz")

    def evidence(drawn: ViewDataset) -> Evidence:
        logits, features = measure.seen(workspace.out / "material.onnx", drawn.pictures())
        return Evidence(logits, bank.knn_similarity(features))

    held_out = datasets.held_out(workspace.out, samples, "tune", workspace.processes)
    negative_views = datasets.negatives(workspace.out, samples, "tune", NEGATIVES // 3, workspace.processes)
    found = [evidence(drawn) for drawn in held_out.values()]
    things = Evidence(np.concatenate([f.logits for f in found]), np.concatenate([f.similarity for f in found]))
    shown = [samples[number] for drawn in held_out.values() for number in drawn.numbers]
    made = calibrate(things, shown, evidence(negative_views))
    (workspace.out / "calibration.json").write_text(made.model_dump_json(indent=2) + "\n")
