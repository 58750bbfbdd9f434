"""``python -m training.card DATA --out FOLDER``: measure the shipped model and rewrite the card's tables and figures.

Everything measured comes from the files in the package, through the classifier's own preprocessing.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bunri.platform.vision import material
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.material.calibration import Calibration
from bunri.platform.vision.material.classifier import SHIPPED
from bunri.platform.vision.protocol import Pixels
from training import cutouts, datasets, measure
from training.cutouts import Image
from training.measure import Floats, Score
from training.samples import Sample, battery_samples, taco_elsewhere, training_samples, web_samples

PACKAGE = Path(material.__file__).parent
DOCS = Path(__file__).parents[1] / "docs"
RECYCLABLES = ("glass", "metal", "paper", "cardboard", "plastic")
INK, ACCENT, PALE = "#22313a", "#1f7a5c", "#c9d6d1"


@dataclass(frozen=True, slots=True)
class DatasetResult:
    """One set: what it is called, its pictures and what the model said."""

    title: str
    samples: list[Sample]
    probabilities: Floats

    def where(self, title: str, keep: Callable[[Sample], bool]) -> "DatasetResult":
        kept = [at for at, sample in enumerate(self.samples) if keep(sample)]
        return DatasetResult(title, [self.samples[at] for at in kept], self.probabilities[kept])

    def among(self, title: str, names: tuple[str, ...]) -> "DatasetResult":
        """Only things of the named materials, and only these as answers."""
        columns = [MATERIALS.index(name) for name in names]
        kept = [at for at, sample in enumerate(self.samples) if set(sample.right) <= set(columns)]
        probabilities = np.zeros((len(kept), len(MATERIALS)), np.float32)
        probabilities[:, columns] = self.probabilities[np.ix_(kept, columns)]
        probabilities /= probabilities.sum(1, keepdims=True)
        return DatasetResult(title, [self.samples[at] for at in kept], probabilities)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.card", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data/material"))
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    classifier = MaterialClassifier()
    measured = _measure(arguments.data, arguments.out, classifier, arguments.processes)
    _figures(measured, classifier)
    blocks = {
        "results": _results(measured, classifier),
        "sets": _sets(training_samples(arguments.data)),
        "facts": _facts(classifier),
        "battery": _battery(measured["battery"], classifier),
        "taco": _taco(training_samples(arguments.data)),
    }
    card = DOCS / "model-card.md"
    text = card.read_text()
    for name, block in blocks.items():
        text = re.sub(
            rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)",
            lambda found, block=block: f"{found[1]}{block}\n{found[2]}",
            text,
            flags=re.DOTALL,
        )
    card.write_text(text)


def _measure(data: Path, out: Path, classifier: MaterialClassifier, processes: int) -> dict[str, DatasetResult]:
    out.mkdir(parents=True, exist_ok=True)
    samples = training_samples(data)
    cutouts.prepare(samples, out / "pictures", processes)
    found = {
        name: _looked_at(title, shown, (cutouts.read(sample.path) for sample in shown), classifier)
        for name, title, shown in (
            ("test", "held-out pictures as they are", [sample for sample in samples if sample.side == "test"]),
            ("taco", "outdoor litter, never trained on (TACO)", taco_elsewhere(data)),
            ("web", "web pictures, never trained on", web_samples(data)),
            ("battery", "AA cells, never trained on", battery_samples(data)),
        )
    }
    drawn = datasets.held_out(out, samples, "test", processes)
    for name, title in (("floor", "held-out things on grey floors"), ("views", "held-out things, hard views")):
        views = drawn[f"test-{name}"]
        shown = [samples[number] for number in views.numbers]
        found[name] = _looked_at(title, shown, views.pictures(), classifier)
    return found


def _looked_at(
    title: str, shown: list[Sample], pictures: Iterable[Image], classifier: MaterialClassifier
) -> DatasetResult:
    judged = (classifier.classify([picture])[0] for picture in pictures)
    return DatasetResult(title, shown, np.array([list(one.values()) for one in judged], np.float32))


def _results(measured: dict[str, DatasetResult], classifier: MaterialClassifier) -> str:
    test, web = measured["test"], measured["web"]
    rows = [
        test.where("TrashNet test", lambda sample: sample.source == "trashnet"),
        test.among("TrashNet test, five recyclables among themselves", RECYCLABLES),
        *(
            test.where(f"{source}, held out", lambda sample, source=source: sample.source == source)
            for source in ("clothing", "grocery", "electronics", "taco")
        ),
        measured["floor"],
        measured["views"],
        measured["taco"],
        web,
        web.where("web without wood, which is none of the classes", lambda sample: sample.path.parent.name != "wood"),
        web.among("web, five recyclables among themselves", RECYCLABLES),
    ]
    lines = [
        "| set | pictures | top-1 | top-3 | sure | right when sure | right or among the choices | calibration error |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    made = classifier.calibration
    lines += [_line(row.title, measure.score(row.probabilities, row.samples, made)) for row in rows]
    return "\n".join(lines)


def _line(title: str, score: Score) -> str:
    sure_right = f"{score.sure_right:.1%}" if score.sure else "–"
    shares = [f"{score.top1:.0%}", f"{score.top3:.0%}", f"{score.sure:.0%}", sure_right, f"{score.in_choices:.0%}"]
    return " | ".join([f"| {title}", str(score.count), *shares, f"{score.calibration_error:.2f} |"])


def _sets(samples: list[Sample]) -> str:
    counts = Counter((MATERIALS[sample.label].value, sample.side) for sample in samples)
    head = ["| material | train | tune | test |", "| --- | ---: | ---: | ---: |"]
    shown = [
        f"| {name} | {counts[name, 'train']} | {counts[name, 'tune']} | {counts[name, 'test']} |" for name in MATERIALS
    ]
    return "\n".join(head + shown)


def _facts(classifier: MaterialClassifier) -> str:
    size = sum((PACKAGE / name).stat().st_size for name in SHIPPED) / 1e6
    plain = np.full((640, 480, 3), 128, np.uint8)
    standing_out = cv2.circle(plain.copy(), (200, 300), 80, (30, 40, 180), -1).astype(np.uint8)
    made = classifier.calibration
    return (
        f"{size:.2f} MB; {_time(classifier, plain):.1f} ms of one core for a crop of 640 × 480, "
        f"{_time(classifier, standing_out):.1f} ms where something stands out and is looked at again (medians of 60, "
        f"preprocessing included); weights of network {made.network_weight}, feature bank {made.similarity_weight} "
        f"and background {made.background_weight}; sure from {made.accept_threshold}."
    )


def _time(classifier: MaterialClassifier, crop: Pixels) -> float:
    """Milliseconds of processor time, the median of 60: what else runs beside it does not count."""
    times = []
    for _ in range(60):
        began = time.process_time()
        classifier.classify([crop])
        times.append(time.process_time() - began)
    return 1000 * float(np.median(times))


def _battery(cells: DatasetResult, classifier: MaterialClassifier) -> str:
    sure = measure.is_sure(cells.probabilities, classifier.calibration)
    says = Counter(MATERIALS[int(row.argmax())].value for row in cells.probabilities)
    listed = ", ".join(f"{name} {count}" for name, count in says.most_common())
    return (
        f"Of {len(sure)} pictures of AA cells it was (wrongly) sure of {int(sure.sum())}. Likeliest answers: {listed}."
    )


def _taco(samples: list[Sample]) -> str:
    photos = {"_".join(sample.path.stem.split("__")[1].split("_")[:3]) for sample in samples if sample.source == "taco"}
    return ", ".join(sorted(photos)) + "."


def _figures(measured: dict[str, DatasetResult], classifier: MaterialClassifier) -> None:
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bunri", "font.size": 9, "axes.titlesize": 10})
    mpl.rcParams.update(dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK))
    mpl.rcParams["axes.edgecolor"] = PALE
    figure, panes = plt.subplots(1, 3, figsize=(13.5, 4.6), layout="constrained")
    for pane, name in zip(panes, ("test", "floor", "web"), strict=True):
        _draw_confusion(pane, measured[name])
    _save(figure, "model-confusion")
    figure, panes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for name, colour in (("floor", ACCENT), ("views", "#3b6ea5"), ("taco", "#b5632b"), ("web", "#8a4f9e")):
        _draw_reliability(panes[0], measured[name], colour)
        _draw_coverage(panes[1], measured[name], colour, classifier.calibration)
    panes[0].plot([0, 1], [0, 1], "--", color=PALE)
    panes[0].set(xlabel="confidence", ylabel="share right", title="Calibration", xlim=(0, 1), ylim=(0, 1))
    panes[0].legend(frameon=False)
    panes[1].axhline(0.95, ls="--", color=PALE)
    panes[1].set(
        xlabel="share answered without a question",
        ylabel="share right of these",
        title="What doubt buys (dot: the shipped threshold)",
        ylim=(0.4, 1.01),
    )
    _save(figure, "model-calibration")


def _draw_confusion(pane: Axes, shown: DatasetResult) -> None:
    counts = measure.confusion(shown.probabilities, shown.samples)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    pane.imshow(shares, cmap="Greens", vmin=0, vmax=1)
    for truth, answer in np.argwhere(shares >= 0.005):
        ink = "white" if shares[truth, answer] > 0.6 else INK
        pane.text(
            answer, truth, f"{shares[truth, answer]:.0%}".rstrip("%"), ha="center", va="center", color=ink, fontsize=7
        )
    names = [name.value for name in MATERIALS]
    pane.set_xticks(range(len(names)), names, rotation=60, ha="right")
    pane.set_yticks(range(len(names)), names)
    pane.set(title=f"{shown.title} (% of truth)", xlabel="answer", ylabel="truth")


def _draw_reliability(pane: Axes, shown: DatasetResult, colour: str) -> None:
    bins = measure.reliability(shown.probabilities, shown.samples)
    held = [(confidence, right) for confidence, right, count in bins if count >= 5]
    pane.plot(*zip(*held, strict=True), "o-", ms=3, color=colour, label=shown.title)


def _draw_coverage(pane: Axes, shown: DatasetResult, colour: str, calibration: Calibration) -> None:
    confidence, right = shown.probabilities.max(1), measure.is_right(shown.probabilities, shown.samples)
    order = np.argsort(-confidence)
    share, answered = np.cumsum(right[order]) / np.arange(1, len(order) + 1), np.arange(1, len(order) + 1) / len(order)
    step = max(1, len(order) // 150)
    pane.plot(answered[step::step], share[step::step], color=colour)
    sure = measure.is_sure(shown.probabilities, calibration)
    if sure.any():
        pane.plot(sure.mean(), right[sure].mean(), "o", color=colour)


def _save(figure: plt.Figure, name: str) -> None:
    folder = DOCS / "images"
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
