"""The tables of docs/near-duplicates.md."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.duplicates.counting import at_most
from bench.duplicates.measure import LIMITS, Asked, Evaluation
from bench.duplicates.stream import NEW, REPEAT_SHARES
from bunri.platform.photos.repeats import APART

_SOME: Final = (0.6, 1.5)


def blocks(chosen: Evaluation, judged: Evaluation) -> dict[str, str]:
    """Marker → Markdown. The limit was chosen by the first half of the photos."""
    return {
        "thresholds": thresholds(chosen, judged),
        "bounds": bounds(judged),
        "again": again(judged),
        "stream": stream(judged),
    }


def thresholds(chosen: Evaluation, judged: Evaluation) -> str:
    rows = [
        [
            f"**{limit}**" if limit == APART else str(limit),
            *(_share(overall(half, limit)) for half in (chosen, judged)),
            *(_mistakes(asked, limit) for half in (chosen, judged) for asked in (half.originals, variants(half))),
            *(_mistakes(half.stands, limit) for half in (chosen, judged)),
        ]
        for limit in LIMITS
    ]
    heads = ["difference", "known again, 1st half", "2nd half", "originals mistaken, 1st", "variants, 1st"]
    return _table([*heads, "originals, 2nd", "variants, 2nd", "on a stand mistaken, 1st", "2nd"], rows)


def overall(measured: Evaluation, limit: float) -> float:
    """The mean over the variants."""
    return float(np.mean([one.known(limit) for one in measured.again]))


def variants(measured: Evaluation) -> list[Asked]:
    return [each for one in measured.again for each in one.asked]


def _mistakes(asked: Sequence[Asked], limit: float) -> str:
    return f"{sum(each.mistaken(limit) for each in asked):,}"


def bounds(judged: Evaluation) -> str:
    """Bounds are for photos: variants of one photo are not independent, nor are its scenes under several stands."""
    sets = (judged.originals, variants(judged), judged.stands)
    originals, changed, stands = (f"{_mistakes(asked, APART)} of {len(asked):,}" for asked in sets)
    bound = at_most(sum(each.mistaken(APART) for each in judged.originals), len(judged.originals))
    return (
        f"At {APART}, in the second half: {originals} originals had another thing's answer "
        f"(at 95 % fewer than {bound:.2%}), "
        f"{changed} variants and {stands} scenes under a stand, which come from {judged.sample} photos (none in "
        f"{judged.sample}: at 95 % fewer than {at_most(0, judged.sample):.2%} of the photos)."
    )


def again(judged: Evaluation) -> str:
    rows = [
        [one.name, _share(one.found), *(_share(one.known(limit)) for limit in _SOME), f"**{_share(one.known(APART))}**"]
        for one in judged.again
    ]
    found = float(np.mean([one.found for one in judged.again]))
    means = [_share(overall(judged, limit)) for limit in _SOME]
    rows.append(["**all, each as often**", _share(found), *means, f"**{_share(overall(judged, APART))}**"])
    heads = ["variant", "found, so that it is compared", *(f"the same at {limit}" for limit in _SOME)]
    return _table([*heads, f"known again ({APART})"], rows)


def stream(measured: Evaluation) -> str:
    kinds = [kind for kind in REPEAT_SHARES if any(result.sent[kind] for result in measured.streams.values())]
    rows = [
        [
            f"**{limit}**" if limit == APART else str(limit),
            f"{sum(result.sent.values()):,}",
            f"{result.repeats:,}",
            f"{result.repeats_hit / result.repeats:.1%}" if result.repeats else "–",
            *(f"{result.hits[kind]} of {result.sent[kind]}" for kind in kinds),
            str(result.wrong_answers),
            str(result.hits[NEW]),
        ]
        for limit, result in measured.streams.items()
    ]
    heads = ["difference", "photos", "repeats", "repeats known", *kinds, "wrong answers", "new photos known"]
    return _table(heads, rows)


def _share(value: float) -> str:
    """A percentage, never rounded to 0 % or 100 % when it is not that."""
    if 0 < value < 0.001 or 0.999 < value < 1:
        return f"{value:.2%}"
    return f"{value:.1%}" if 0 < value < 1 else f"{value:.0%}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def renew(path: Path, made: dict[str, str]) -> None:
    """Puts each block between its markers. Raises ValueError for markers that are not there."""
    words = path.read_text()
    for name, block in made.items():
        pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not pattern.search(words):
            raise ValueError(f"{path.name} has no markers for {name}")
        words = pattern.sub(lambda found, block=block: f"{found[1]}{block}\n{found[2]}", words)  # type: ignore[misc]
    path.write_text(words)
