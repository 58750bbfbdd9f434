"""The subjects: one file each with ``measure(quick) -> Iterable[BenchmarkResult]``. They run in this order."""

from collections.abc import Callable, Iterable
from typing import Final

from bench.result import BenchmarkResult
from bench.subjects import (
    adapt,
    analyze,
    attack,
    bins,
    capacity,
    chat,
    cost,
    detect,
    learning,
    near,
    people,
    photo,
    poll,
    push,
    repeats,
    search,
    up,
    web,
)

Measure = Callable[[bool], Iterable[BenchmarkResult]]

SUBJECTS: Final[dict[str, Measure]] = {
    "up": up.measure,
    "analyze": analyze.measure,
    "poll": poll.measure,
    "push": push.measure,
    "chat": chat.measure,
    "photo": photo.measure,
    "cost": cost.measure,
    "people": people.measure,
    "near": near.measure,
    "repeats": repeats.measure,
    "bins": bins.measure,
    "learning": learning.measure,
    "search": search.measure,
    "detect": detect.measure,
    "adapt": adapt.measure,
    "web": web.measure,
    "attack": attack.measure,
    "capacity": capacity.measure,
}
