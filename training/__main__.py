"""``python -m training DATA --out FOLDER [--ship]``: from pictures to material.onnx and calibration.json.

Every stage leaves its result in FOLDER and is skipped where that exists; seeds are fixed.
"""

import argparse
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from bunri.platform.vision import material
from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.material.classifier import SIDE
from training import cutouts, fit, measure, quantise, sets, views
from training.calibrate import calibrate
from training.fit import Recipe
from training.network import Network
from training.samples import Sample, training_samples

TRAIN_SIDE = 192
"""Smaller than SIDE: crops make things look larger in training than at use (Touvron et al. 2019), and it is cheaper."""

VIEWS = 12_000
"""In each part."""

RUNS = ((1, 1.5e-4, (0, 1)), (2, 3e-4, (2, 0)))
"""Seed, rate and parts of the runs whose weights are averaged."""

KEPT = 1.0
"""Share of the way from the fitted last layer on ImageNet's features to the fine-tuned weights."""

PACKAGE = Path(material.__file__).parent


def main() -> None:
    arguments = _arguments()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    samples = training_samples(arguments.data)
    cutouts.prepare(samples, out / "pictures", arguments.processes)
    parts = [_part(out, samples, number, arguments.processes) for number in range(3)]
    network = _trained(out, parts, arguments.processes)
    _quantised(out, network, parts[0][0])
    _calibrated(out, samples, arguments.processes)
    if arguments.ship:
        for name in ("material.onnx", "calibration.json"):
            shutil.copyfile(out / name, PACKAGE / name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with trashnet/ and more-photos/")
    parser.add_argument("--out", type=Path, default=Path("data/material"), help="where stages leave their results")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--ship", action="store_true", help="put the result into the package")
    return parser.parse_args()


def _part(
    out: Path, samples: list[Sample], number: int, processes: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    studio = sets.Studio(samples, out / "pictures", "train")
    chosen = sets.balanced(samples, VIEWS, number)
    drawn = sets.draw(
        out / f"train-{number}.npy",
        studio,
        chosen.tolist(),
        TRAIN_SIDE,
        views.TRAIN,
        seed=100 + number,
        processes=processes,
    )
    return drawn.pixels, drawn.targets(samples)


def _trained(out: Path, parts: list[tuple[NDArray[np.uint8], NDArray[np.float32]]], processes: int) -> Network:
    start, recipe = fit.fresh(Recipe(), len(MATERIALS)), Recipe()
    torch.set_num_threads(processes)
    if not (out / "probe.pt").exists():
        fit.probe(start, *parts[0], recipe, seed=0)
        torch.save(start.state_dict(), out / "probe.pt")
    start.load_state_dict(torch.load(out / "probe.pt"))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(_run, out, [parts[at] for at in used], seed, rate) for seed, rate, used in RUNS]
        tuned = [_loaded(run.result()) for run in runs]
    return fit.between(start, fit.mean_of(tuned), KEPT)


def _run(out: Path, parts: list[tuple[NDArray[np.uint8], NDArray[np.float32]]], seed: int, rate: float) -> Path:
    """One thread a run: on few cores, runs side by side outpace threads that wait for each other."""
    torch.set_num_threads(1)
    path = out / f"tuned-{seed}.pt"
    if not path.exists():
        network = _loaded(out / "probe.pt")
        torch.save(fit.fine_tune(network, parts, Recipe(rate=rate), seed).state_dict(), path)
    return path


def _loaded(path: Path) -> Network:
    network = fit.fresh(Recipe(), len(MATERIALS))
    network.load_state_dict(torch.load(path))
    return network


def _quantised(out: Path, network: Network, pixels: NDArray[np.uint8]) -> None:
    if not (out / "material.onnx").exists():
        quantise.export(network, out / "exact.onnx", SIDE)
        ranges = [cv2.resize(view, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for view in pixels[:400]]
        quantise.quantise(out / "exact.onnx", out / "material.onnx", np.array(ranges, np.uint8))


def _calibrated(out: Path, samples: list[Sample], processes: int) -> None:
    logits, shown = [], []
    for name, drawn in sets.held_out(out, samples, "tune", processes).items():
        logits.append(measure.logits_of(out / "material.onnx", drawn.pictures()))
        shown += [samples[number] for number in drawn.numbers]
        np.save(out / f"logits-{name}.npy", logits[-1])
    (out / "calibration.json").write_text(calibrate(np.concatenate(logits), shown).model_dump_json(indent=2) + "\n")


if __name__ == "__main__":
    main()
