"""What is measured: one file a subject, each with ``measure(quick) -> list[Line]``. They run in this order."""

from collections.abc import Callable
from typing import Final

from bench.line import Line
from bench.subjects import analyze, bins, detect, near, photo, poll, repeats, search, up, web

Measure = Callable[[bool], list[Line]]

SUBJECTS: Final[dict[str, Measure]] = {
    "up": up.measure,
    "analyze": analyze.measure,
    "poll": poll.measure,
    "photo": photo.measure,
    "near": near.measure,
    "repeats": repeats.measure,
    "bins": bins.measure,
    "search": search.measure,
    "detect": detect.measure,
    "web": web.measure,
}
