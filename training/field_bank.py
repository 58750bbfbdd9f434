"""``python -m training.field_bank DATA [--ship]``: what learning in the field starts with.

The axes on which the namer's features of a picture are stored, and the pictures from elsewhere that each version of an
installation's bank is held to: the test sides of the sets, which neither network was trained on. The axes are those of
the training sides; no photo by phone is among them, so that ``bench adapt`` may measure on these. Features are kept
below ``--out``, together with those of ``training.material_layer``.
"""

import argparse
import hashlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bunri.domains.waste import field_bank
from bunri.domains.waste.field_bank.validation import Validation
from bunri.platform.vision import names
from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.names.feature_axes import FeatureAxes, scaled_to_one
from bunri.platform.vision.names.material_layer import Floats, MaterialLayer
from training.material_layer import SeenPictures
from training.samples import Sample, targets, training_samples

AXES: Final = 128
"""Of the 1,280 features. On photos by phone the nearest were right as often as by all of them, by 64 less often."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.field_bank", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with trashnet/ and more-photos/")
    parser.add_argument("--out", type=Path, default=Path("data/material_layer"))
    parser.add_argument("--ship", action="store_true", help="put the results into the package")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    sources: dict[str, list[Sample]] = {}
    for sample in training_samples(arguments.data):
        sources.setdefault(sample.source, []).append(sample)
    seen = SeenPictures(arguments.out)
    pictures = {name: seen.pictures(name, [each.path for each in samples]) for name, samples in sources.items()}
    trained = [pictures[name][0][_side(samples, test=False)] for name, samples in sources.items()]
    axes, axes_file = fit_axes(trained), arguments.out / "feature_axes.npz"
    axes.save(axes_file)
    held_out = [each for samples in sources.values() for each in samples if each.side == "test"]
    features, materials = (
        np.concatenate([pictures[name][part][_side(samples, test=True)] for name, samples in sources.items()])
        for part in (0, 1)
    )
    validation = judged(held_out, features, materials, axes_file)
    validation.save(arguments.out / "validation.npz")
    right = validation.rights[np.arange(len(held_out)), validation.shares.argmax(axis=1)]
    sys.stdout.write(f"{len(held_out)} pictures from elsewhere, {right.mean():.1%} right by the networks alone\n")
    if arguments.ship:
        shutil.copyfile(axes_file, Path(names.__file__).parent / axes_file.name)
        shutil.copyfile(arguments.out / "validation.npz", Path(field_bank.__file__).parent / "validation.npz")


def _side(samples: Sequence[Sample], *, test: bool) -> list[int]:
    return [row for row, sample in enumerate(samples) if (sample.side == "test") is test]


def fit_axes(sources: Sequence[Floats]) -> FeatureAxes:
    """The principal axes of features; a source counts by the root of its number of pictures."""
    rows = [np.stack([scaled_to_one(each) for each in features]) for features in sources if len(features)]
    mean = np.concatenate(rows).mean(0)
    weighted = np.concatenate([(each - mean) / len(each) ** 0.25 for each in rows])
    _, _, axes = np.linalg.svd(weighted, full_matrices=False)
    return FeatureAxes(mean, np.asarray(axes[:AXES].T, np.float32))


def judged(samples: Sequence[Sample], features: Floats, materials: Floats, axes_file: Path) -> Validation:
    """What the shipped networks say of pictures. ``materials``: of the material model, n × MATERIALS."""
    folder = Path(names.__file__).parent
    axes, layer = FeatureAxes.load(axes_file), MaterialLayer.load(folder / "material_layer.npz")
    second = [layer.judge(each) for each in features]
    shares = (materials + np.array([[each[m] for m in MATERIALS] for each in second], np.float32)) / 2
    network = hashlib.sha256((folder / "names.onnx").read_bytes() + axes_file.read_bytes()).hexdigest()[:8]
    return Validation(
        f"names@{network}",
        [axes.shorten(each) for each in features],
        MATERIALS,
        np.asarray(shares, np.float32),
        targets(list(samples)) > 0,
    )


if __name__ == "__main__":
    main()
