"""A stream of photos with 30 % repeats, changed or not: how many are recognised, and how many answers are wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.duplicates.fingerprints import FingerprintCache
from bench.duplicates.measure import streams
from bench.duplicates.photos import LabelledPhoto, trashnet
from bench.duplicates.stream import NEW, REPEAT_SHARES, StreamResult
from bench.paths import shared
from bench.result import BenchmarkResult, Budget, at_least, at_most, missing
from bunri.platform.photos.repeats import APART

KNOWN: Final = at_least(95)
WRONG: Final = at_most(0)
_EVERY, _QUICK = 4, 24


def measure(quick: bool) -> list[BenchmarkResult]:
    """A part of TrashNet's photos; docs/near-duplicates.md has the figures for all of them."""
    folder = shared()
    photos = folder / "data" / "trashnet" if folder else Path("trashnet")
    if not photos.is_dir():
        return _unknown("no reference photos: set BUNRI_SHARED")
    return _lines(trashnet(photos)[:: _QUICK if quick else _EVERY])


def _lines(photos: Sequence[LabelledPhoto]) -> list[BenchmarkResult]:
    result = streams(photos, photos, FingerprintCache())[APART]
    mix = ", ".join(f"{kind} {result.hits[kind]} of {result.sent[kind]}" for kind in REPEAT_SHARES)
    return [
        _line("repeats known again", 100 * result.repeats_hit / result.repeats, "%", KNOWN, mix),
        _line("wrong answers", result.wrong_answers, "", WRONG, _of(result)),
    ]


def _of(result: StreamResult) -> str:
    return f"of {sum(result.sent.values())} photos; {result.hits[NEW]} new ones were answered from memory"


def _line(what: str, measured: float, unit: str, budget: Budget, note: str) -> BenchmarkResult:
    return BenchmarkResult(f"{what}, a stream with 30 % repeats", measured, unit, budget, note=note)


def _unknown(why: str) -> list[BenchmarkResult]:
    return [missing("repeats known again", "%", why, KNOWN), missing("wrong answers", "", why, WRONG)]
