"""``python -m training.material_layer DATA [--ship]``: trains the layer that judges materials by the namer's features.

The namer's network stays as it is. Photos of one collector resemble each other, so whatever is chosen or told here is
measured on sources that the layer was trained without: each is left out in turn. The material model saw none of them.
Features are kept below ``--out``, and so are the layers without each source, which ``bench.sources --layers`` takes.
"""

import argparse
import hashlib
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from bench.stats import wilson
from numpy.typing import NDArray

from bunri.platform.vision import names
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.material.square import square
from bunri.platform.vision.names.material_layer import MEDICINE, Floats, MaterialLayer, scaled
from bunri.platform.vision.names.namer import SIDE
from bunri.platform.vision.session import open_session
from training.samples import (
    PHONE,
    Sample,
    phone_samples,
    shop_samples,
    taco_elsewhere,
    training_samples,
    web_samples,
)

CLASSES: Final = (*MATERIALS, MEDICINE)
LITTER: Final = "litter (TACO)"
UNTRAINED: Final = ("vn-store", "web pictures")
"""Sources without a licence: they are measured, and nothing is chosen by them."""
PENALTIES: Final = (1e-4, 1e-3, 3e-3, 1e-2)
"""Of the squares of the weights, to choose from."""
OTHER_SHARE: Final = 0.6
"""Weight of the class "other" relative to the others: a mixture is less useful as an answer."""
STEPS: Final = 150
_RATE: Final = 0.05
Choice = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Source:
    """Pictures of one collector: n × CLASSES targets, which of them may be trained on, and what the networks said."""

    targets: Floats
    trained: Choice
    features: Floats
    materials: Floats
    """n × MATERIALS, of the material model."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.material_layer", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with trashnet/ and more-photos/")
    parser.add_argument("--out", type=Path, default=Path("data/material_layer"))
    parser.add_argument("--ship", action="store_true", help="put the result into the package")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    sources = _sources(arguments.data, arguments.out)
    left_out = [*PHONE, LITTER]
    layers = {penalty: {name: without(name, sources, penalty) for name in left_out} for penalty in PENALTIES}
    losses = {penalty: _mean_loss(found, sources) for penalty, found in layers.items()}
    for penalty, loss in losses.items():
        sys.stdout.write(f"penalty {penalty:g}: log loss {loss:.3f} on sources left out\n")
    best = min(losses, key=losses.__getitem__)
    final = without("", sources, best)
    final.save(arguments.out / "material_layer.npz")
    for name, layer in layers[best].items():
        layer.save(arguments.out / f"without {name}.npz")
    rows = [_row(name, layers[best].get(name, final), sources[name]) for name in (*left_out, *UNTRAINED)]
    sys.stdout.write("\n".join((_HEAD, *rows, "")))
    if arguments.ship:
        shutil.copyfile(arguments.out / "material_layer.npz", Path(names.__file__).parent / "material_layer.npz")


def _sources(data: Path, out: Path) -> dict[str, Source]:
    found: dict[str, list[Sample]] = {name: [] for name in PHONE}
    for sample in (*training_samples(data), *phone_samples(data)):
        found.setdefault(sample.source, []).append(sample)
    found[LITTER], found["web pictures"], found["vn-store"] = (
        taco_elsewhere(data),
        web_samples(data),
        shop_samples(data),
    )
    seen = SeenPictures(out)
    return {name: _source(name, samples, seen) for name, samples in found.items()}


def _source(name: str, samples: Sequence[Sample], seen: "SeenPictures") -> Source:
    features, materials = seen.pictures(name, [sample.path for sample in samples])
    targets = np.array([_target(sample) for sample in samples], np.float32)
    trained = np.array([sample.side != "test" for sample in samples])
    return Source(targets, trained, features, materials)


def _target(sample: Sample) -> tuple[float, ...]:
    if sample.path.parent.name == MEDICINE:
        return (*(0.0 for _ in MATERIALS), 1.0)
    return (*sample.target, 0.0)


class SeenPictures:
    """What the shipped networks say of pictures, kept in a folder until a network changes."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._classifier = folder, MaterialClassifier()
        network = Path(names.__file__).parent / "names.onnx"
        self._network = open_session(network, "names", 1, "CPUExecutionProvider")
        self._version = hashlib.sha256(network.read_bytes()).hexdigest()[:8]

    def pictures(self, name: str, paths: Sequence[Path]) -> tuple[Floats, Floats]:
        """Features of the namer, and probabilities of the material model."""
        file = self._folder / f"{name} {self._version} {self._classifier.version}.npz"
        listed = np.array([str(path) for path in paths])
        if file.exists():
            with np.load(file) as stored:
                if np.array_equal(stored["paths"], listed):
                    return stored["features"], stored["materials"]
        features, materials = [], []
        for path in paths:
            pixels = np.asarray(cv2.imread(str(path)), np.uint8)
            view = square(pixels, SIDE)[None, :, :, ::-1]
            features.append(self._network.run(["features"], {"pixels": view})[0][0])
            judged = self._classifier.classify([pixels])[0]
            materials.append([judged[material] for material in MATERIALS])
        found = np.array(features, np.float32), np.array(materials, np.float32)
        np.savez(file, paths=listed, features=found[0], materials=found[1])
        return found


def _trainable(sources: dict[str, Source]) -> list[str]:
    return [name for name, source in sources.items() if source.trained.any()]


def without(left_out: str, sources: dict[str, Source], penalty: float) -> MaterialLayer:
    """A layer trained on all sources but one. The litter is of TACO's photographers, whatever its licence."""
    used = [sources[n] for n in _trainable(sources) if n != left_out and not (left_out == LITTER and n == "taco")]
    features = np.concatenate([scaled(source.features[source.trained]) for source in used])
    targets = np.concatenate([source.targets[source.trained] for source in used])
    return fit(features, targets, weights([source.targets[source.trained] for source in used]), penalty)


def weights(targets: Sequence[Floats]) -> Floats:
    """The weight of each picture, source after source: classes count alike, and in a class a source by the root of its
    number of pictures, since many pictures of one place say less than few of many."""
    labels = [part.argmax(1) for part in targets]
    found = np.concatenate([1 / np.sqrt(np.bincount(part, minlength=len(CLASSES))[part]) for part in labels])
    every = np.concatenate(labels)
    found /= np.bincount(every, found, len(CLASSES))[every]
    found[every == MATERIALS.index("other")] *= OTHER_SHARE
    return np.asarray(found / found.sum(), np.float32)


def fit(features: Floats, targets: Floats, weight: Floats, penalty: float) -> MaterialLayer:
    """Softmax regression by gradient descent (Adam) over all pictures at once; ``features`` are scaled."""
    mean = features.mean(0)
    features = features - mean
    found = [np.zeros((features.shape[1], targets.shape[1]), np.float32), np.zeros(targets.shape[1], np.float32)]
    drift, power = [np.zeros_like(part) for part in found], [np.zeros_like(part) for part in found]
    for step in range(1, STEPS + 1):
        scores = features @ found[0] + found[1]
        powers = np.exp(scores - scores.max(1, keepdims=True))
        error = weight[:, None] * (powers / powers.sum(1, keepdims=True) - targets)
        for at, slope in enumerate((features.T @ error + penalty * found[0], error.sum(0))):
            drift[at] = 0.9 * drift[at] + 0.1 * slope
            power[at] = 0.99 * power[at] + 0.01 * slope**2
            steady = np.sqrt(power[at] / (1 - 0.99**step)) + 1e-8
            found[at] -= np.float32(_RATE * (1 - step / (STEPS + 1))) * drift[at] / (1 - 0.9**step) / steady
    return MaterialLayer(CLASSES, found[0], found[1] - mean @ found[0])


def _mean_loss(layers: dict[str, MaterialLayer], sources: dict[str, Source]) -> float:
    """The log loss on pictures of the sources left out, each source alike. Where all are medicine, nothing is chosen by
    them: it looks different in each place, so no layer knows it."""
    return float(
        np.mean([_loss(layer, sources[name]) for name, layer in layers.items() if _named(sources[name]).any()])
    )


def _named(source: Source) -> Choice:
    """Which pictures show a material that pixels may name: not medicine, nor "other"."""
    return np.asarray(source.targets.argmax(1) < MATERIALS.index("other"))


def _loss(layer: MaterialLayer, source: Source) -> float:
    rows = _named(source)
    right = (layer.probabilities(source.features[rows]) * (source.targets[rows] > 0)).sum(1)
    return float(-np.log(np.maximum(right, 1e-6)).mean())


_HEAD: Final = (
    "| source left out | pictures | material model | layer | mean of both | medicine known | others called medicine |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def _row(name: str, layer: MaterialLayer, source: Source) -> str:
    """Top-1 of the materials, and of medicine."""
    rows, both = _named(source), layer.probabilities(source.features)
    alone, medicine = both[:, :-1], both.argmax(1) == CLASSES.index(MEDICINE)
    is_medicine = source.targets[:, -1] > 0
    mean: Floats = (source.materials + alone) / np.float32(2)
    cells = [_share(_right(shares, source)[rows]) for shares in (source.materials, alone, mean)]
    cells += [_share(medicine[is_medicine]), _share(medicine[~is_medicine])]
    return f"| {name} | {len(rows)} | {' | '.join(cells)} |"


def _right(shares: Floats, source: Source) -> Choice:
    return np.asarray(source.targets[np.arange(len(shares)), shares.argmax(1)] > 0)


def _share(hits: Choice) -> str:
    """With its 95 % bounds."""
    if not len(hits):
        return "–"
    low, high = wilson(int(hits.sum()), len(hits))
    return f"{hits.mean():.0%} ({100 * low:.0f}–{100 * high:.0f})"


if __name__ == "__main__":
    main()
