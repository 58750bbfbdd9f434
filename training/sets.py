"""Sets of views on disk, each view drawn from its own seed: the same on any number of processes."""

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

NOTHING = -1
"""In place of a sample's number: a view of nothing, taught as evenly spread doubt."""

BOARD = -2
"""Likewise: a view of a board or slats of any ground, which is none of the classes either."""

NOTHING_SHARE = 0.04
OTHER_SHARE = 0.6
"""Of the weight of a class: "other" is a mixed bag, and less of an answer."""


@dataclass(frozen=True, slots=True)
class ViewSet:
    """``pixels``: n × side × side × 3 RGB bytes on disk; ``numbers``: which sample each view shows, or NOTHING."""

    pixels: NDArray[np.uint8]
    numbers: NDArray[np.int64]

    def pictures(self) -> Iterator[Image]:
        """One after the other, as BGR."""
        return (np.ascontiguousarray(view[:, :, ::-1]) for view in self.pixels)

    def targets(self, samples: list[Sample]) -> NDArray[np.float32]:
        even = np.full((1, len(MATERIALS)), 1 / len(MATERIALS), np.float32)
        return np.concatenate([targets(samples), even, even])[self.numbers]


@dataclass(frozen=True, slots=True)
class Studio:
    """What a process needs to draw views."""

    samples: list[Sample]
    pictures: Path
    side: Side

    def picture(self, number: int) -> cutouts.Picture:
        return cutouts.load(self.pictures, number)

    def props(self) -> views.Props:
        lending = [number for number, sample in self._mine() if sample.source in ("clothing", "electronics", "taco")]
        carton = MATERIALS.index("carton")
        holding = [number for number, sample in self._mine() if sample.source == "grocery" and sample.label == carton]
        return views.Props(tuple(map(self.picture, lending)), views.hands([self.picture(number) for number in holding]))

    def _mine(self) -> Iterator[tuple[int, Sample]]:
        return ((number, sample) for number, sample in enumerate(self.samples) if sample.side == self.side)


def balanced(samples: list[Sample], count: int, seed: int) -> NDArray[np.int64]:
    """Numbers of ``count`` training samples: classes alike, small real-world sources more often than their size."""
    rng = np.random.default_rng(seed)
    train = np.array([number for number, sample in enumerate(samples) if sample.side == "train"])
    labels = np.array([samples[number].label for number in train])
    weight = np.array([2.0 if samples[number].source in ("taco", "own") else 1.0 for number in train])
    for label in range(len(MATERIALS)):
        share = OTHER_SHARE if MATERIALS[label] == "other" else 1.0
        weight[labels == label] *= share / max(weight[labels == label].sum(), 1e-9)
    chosen = rng.choice(train, count, p=weight / weight.sum())
    chosen[rng.random(count) < NOTHING_SHARE] = NOTHING
    return chosen


def draw(
    path: Path, studio: Studio, numbers: Sequence[int], side: int, manner: views.Manner, *, seed: int, processes: int
) -> ViewSet:
    """Views of the numbered samples; drawn once, read ever after."""
    shape = (len(numbers), side, side, 3)
    if not path.exists():
        unfinished = path.with_suffix(".part")
        np.lib.format.open_memmap(unfinished, "w+", np.uint8, shape).flush()
        parts = np.array_split(np.arange(len(numbers)), processes * 8)
        tasks = [
            (unfinished, studio, part.tolist(), [int(numbers[at]) for at in part], side, manner, seed) for part in parts
        ]
        with get_context("fork").Pool(processes) as pool:
            pool.starmap(_draw_part, tasks, chunksize=1)
        unfinished.rename(path)
    return ViewSet(np.load(path, mmap_mode="r"), np.asarray(numbers, np.int64))


def held_out(out: Path, samples: list[Sample], side: Side, processes: int) -> dict[str, ViewSet]:
    """Two looks at every held-out thing, each on grey floors where it could be cut out and as hard as in training."""
    studio = Studio(samples, out / "pictures", side)
    numbers = [number for number, sample in enumerate(samples) if sample.side == side]
    loose = [number for number in numbers if (out / f"pictures/{number}.png").exists()]
    wanted = ((f"{side}-floor", loose * 2, views.FLOOR, 11), (f"{side}-views", numbers * 2, views.TRAIN, 12))
    return {
        name: draw(out / f"{name}.npy", studio, shown, views.CANVAS, manner, seed=seed, processes=processes)
        for name, shown, manner, seed in wanted
    }


def none(out: Path, samples: list[Sample], side: Side, count: int, processes: int) -> ViewSet:
    """``count`` views of nothing and as many of boards, on the grounds of one side of the split."""
    studio = Studio(samples, out / "pictures", side)
    numbers = [NOTHING] * count + [BOARD] * count
    path = out / f"{side}-none.npy"
    return draw(path, studio, numbers, views.CANVAS, views.TRAIN, seed=13, processes=processes)


def _draw_part(
    path: Path, studio: Studio, places: list[int], numbers: list[int], side: int, manner: views.Manner, seed: int
) -> None:
    cv2.setNumThreads(1)
    out = np.lib.format.open_memmap(path, "r+")
    for place, number in zip(places, numbers, strict=True):
        rng = np.random.default_rng((seed, place))
        out[place] = _draw_one(studio, number, rng, side, manner)
    out.flush()


def _draw_one(studio: Studio, number: int, rng: np.random.Generator, side: int, manner: views.Manner) -> Image:
    props = _props(studio.pictures, studio.side, tuple(studio.samples))
    if number == NOTHING:
        return views.nothing(props, rng, side)
    if number == BOARD:
        return views.board_of_ground(props, rng, side)
    sample = studio.samples[number]
    clear = MATERIALS[sample.label] in ("glass", "plastic")
    return views.view(
        studio.picture(number), props, rng, side, manner, clear=clear, boarded=sample.source == "trashnet"
    )


@cache
def _props(pictures: Path, side: Side, samples: tuple[Sample, ...]) -> views.Props:
    return Studio(list(samples), pictures, side).props()
