"""Data sets of views on disk. Each view is drawn from its own seed, so that they do not depend on the processes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.material import MATERIALS
from training import cutouts, views
from training.cutouts import Image
from training.samples import Sample, Side, targets

NEGATIVE = -1
"""Instead of a sample's number: a view without a thing, whose target is the same probability for all classes."""

NEGATIVE_BOARD = -2
"""Likewise: a view of a board or slats of any background, which is none of the classes either."""

NEGATIVE_SHARE = 0.04
OTHER_SHARE = 0.6
"""Weight of the class "other" relative to the others, since it is a mixture and less useful as an answer."""


@dataclass(frozen=True, slots=True)
class ViewDataset:
    """``pixels``: n × side × side × 3 RGB bytes on disk; ``numbers``: which sample each view shows, or NEGATIVE."""

    pixels: NDArray[np.uint8]
    numbers: NDArray[np.int64]

    def pictures(self) -> Iterator[Image]:
        """One after the other, as BGR."""
        return (np.ascontiguousarray(view[:, :, ::-1]) for view in self.pixels)

    def targets(self, samples: list[Sample]) -> NDArray[np.float32]:
        even = np.full((1, len(MATERIALS)), 1 / len(MATERIALS), np.float32)
        return np.concatenate([targets(samples), even, even])[self.numbers]


@dataclass(frozen=True, slots=True)
class ViewRenderer:
    """Draws views in any process."""

    samples: list[Sample]
    pictures: Path
    side: Side

    def picture(self, number: int) -> cutouts.Cutout:
        return cutouts.load(self.pictures, number)

    def props(self) -> views.Props:
        lending = [number for number, sample in self._mine() if sample.source in ("clothing", "electronics", "taco")]
        carton = MATERIALS.index("carton")
        holding = [number for number, sample in self._mine() if sample.source == "grocery" and sample.label == carton]
        return views.Props(tuple(map(self.picture, lending)), views.hands([self.picture(number) for number in holding]))

    def _mine(self) -> Iterator[tuple[int, Sample]]:
        return ((number, sample) for number, sample in enumerate(self.samples) if sample.side == self.side)


def balanced(samples: list[Sample], count: int, seed: int) -> NDArray[np.int64]:
    """Numbers of ``count`` training samples: balanced classes, with small real-world sources overrepresented."""
    rng = np.random.default_rng(seed)
    train = np.array([number for number, sample in enumerate(samples) if sample.side == "train"])
    labels = np.array([samples[number].label for number in train])
    weight = np.array([2.0 if samples[number].source in ("taco", "own") else 1.0 for number in train])
    for label in range(len(MATERIALS)):
        share = OTHER_SHARE if MATERIALS[label] == "other" else 1.0
        weight[labels == label] *= share / max(weight[labels == label].sum(), 1e-9)
    chosen = rng.choice(train, count, p=weight / weight.sum())
    chosen[rng.random(count) < NEGATIVE_SHARE] = NEGATIVE
    return chosen


def draw(
    path: Path,
    renderer: ViewRenderer,
    numbers: Sequence[int],
    side: int,
    style: views.ViewStyle,
    *,
    seed: int,
    processes: int,
) -> ViewDataset:
    """Views of the numbered samples, read from ``path`` when they were drawn before."""
    shape = (len(numbers), side, side, 3)
    if not path.exists():
        unfinished = path.with_suffix(".part")
        np.lib.format.open_memmap(unfinished, "w+", np.uint8, shape).flush()
        parts = np.array_split(np.arange(len(numbers)), processes * 8)
        tasks = [
            (unfinished, renderer, part.tolist(), [int(numbers[at]) for at in part], side, style, seed)
            for part in parts
        ]
        with get_context("fork").Pool(processes) as pool:
            pool.starmap(_draw_part, tasks, chunksize=1)
        unfinished.rename(path)
    return ViewDataset(np.load(path, mmap_mode="r"), np.asarray(numbers, np.int64))


def held_out(out: Path, samples: list[Sample], side: Side, processes: int) -> dict[str, ViewDataset]:
    """Two views of every held-out thing: on grey floors where it could be cut out, and as hard as in training."""
    renderer = ViewRenderer(samples, out / "pictures", side)
    numbers = [number for number, sample in enumerate(samples) if sample.side == side]
    loose = [number for number in numbers if (out / f"pictures/{number}.png").exists()]
    wanted = ((f"{side}-floor", loose * 2, views.FLOOR, 11), (f"{side}-views", numbers * 2, views.TRAIN, 12))
    return {
        name: draw(out / f"{name}.npy", renderer, shown, views.CANVAS, style, seed=seed, processes=processes)
        for name, shown, style, seed in wanted
    }


def negatives(out: Path, samples: list[Sample], side: Side, count: int, processes: int) -> ViewDataset:
    """``count`` views without a thing and as many of boards, with the backgrounds of one side of the split."""
    renderer = ViewRenderer(samples, out / "pictures", side)
    numbers = [NEGATIVE] * count + [NEGATIVE_BOARD] * count
    path = out / f"{side}-none.npy"
    return draw(path, renderer, numbers, views.CANVAS, views.TRAIN, seed=13, processes=processes)


def _draw_part(
    path: Path,
    renderer: ViewRenderer,
    indexes: list[int],
    numbers: list[int],
    side: int,
    style: views.ViewStyle,
    seed: int,
) -> None:
    cv2.setNumThreads(1)
    out = np.lib.format.open_memmap(path, "r+")
    for index, number in zip(indexes, numbers, strict=True):
        rng = np.random.default_rng((seed, index))
        out[index] = _draw_one(renderer, number, rng, side, style)
    out.flush()


def _draw_one(
    renderer: ViewRenderer, number: int, rng: np.random.Generator, side: int, style: views.ViewStyle
) -> Image:
    props = _props(renderer.pictures, renderer.side, tuple(renderer.samples))
    if number == NEGATIVE:
        return views.negative(props, rng, side)
    if number == NEGATIVE_BOARD:
        return views.board_of_background(props, rng, side)
    sample = renderer.samples[number]
    clear = MATERIALS[sample.label] in ("glass", "plastic")
    return views.view(
        renderer.picture(number), props, rng, side, style, clear=clear, boarded=sample.source == "trashnet"
    )


@cache
def _props(pictures: Path, side: Side, samples: tuple[Sample, ...]) -> views.Props:
    return ViewRenderer(list(samples), pictures, side).props()
