"""A stream of photos, three in ten of which came before, changed or not: what the memory knows again, and how well."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.duplicates.looks import Looks, NoWeights
from bench.duplicates.measure import streams
from bench.duplicates.photos import Known, trashnet
from bench.duplicates.stream import MIX, NEW, Told
from bench.line import Budget, Line, at_least, at_most, missing
from bench.places import shared
from bunri.domains.waste.settings import WasteSettings

KNOWN: Final = at_least(95)
WRONG: Final = at_most(0)
_EVERY, _QUICK = 4, 24


def measure(quick: bool) -> list[Line]:
    """TrashNet's photos, each how manyth depends on ``quick``; docs/near-duplicates.md has all of them."""
    folder = shared()
    photos = folder / "data" / "trashnet" if folder else Path("trashnet")
    if not photos.is_dir():
        return _unknown("no reference photos: set BUNRI_SHARED")
    try:
        return _lines(trashnet(photos)[:: _QUICK if quick else _EVERY])
    except NoWeights:
        return _unknown("no weights: set BUNRI_MODELS_DIR or BUNRI_SHARED")


def _lines(photos: Sequence[Known]) -> list[Line]:
    bits = WasteSettings().near_bits
    told = streams(photos, photos, Looks(), [bits])[bits]
    mix = ", ".join(f"{kind} {told.hits[kind]} of {told.sent[kind]}" for kind in MIX)
    return [
        _line("repeats known again", 100 * told.repeats_hit / told.repeats, "%", KNOWN, mix),
        _line("wrong answers", told.wrong_answers, "", WRONG, _of(told)),
    ]


def _of(told: Told) -> str:
    return f"of {sum(told.sent.values())} photos; {told.hits[NEW]} new ones were answered from memory"


def _line(what: str, measured: float, unit: str, budget: Budget, note: str) -> Line:
    return Line(f"{what}, a stream with 30 % repeats", measured, unit, budget, note=note)


def _unknown(why: str) -> list[Line]:
    return [missing("repeats known again", "%", why, KNOWN), missing("wrong answers", "", why, WRONG)]
