"""The tables of docs/near-duplicates.md."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.duplicates.counting import MAX_BITS, at_most
from bench.duplicates.measure import Evaluation, FalseMatches
from bench.duplicates.stream import NEW, REPEAT_SHARES, StreamResult

SHOWN: Final = (0, 2, 4, 6, 8, 10, 14, 20, 28, 40)
_SOME: Final = (4, 10, 14, 28, 40)


def blocks(measured: Evaluation, most_bits: int) -> dict[str, str]:
    """Marker → Markdown."""
    return {
        "again": again(measured, most_bits),
        "thresholds": thresholds(measured, sorted({*SHOWN, most_bits})),
        "bounds": bounds(measured, most_bits),
        "stream": stream(measured),
    }


def again(measured: Evaluation, most_bits: int) -> str:
    bits = sorted({*_SOME, most_bits})
    rows = [
        [
            one.name,
            *(_share(one.by_hash[at]) for at in bits),
            _share(one.agreed.mean()),
            _bold(one.with_models[most_bits]),
        ]
        for one in measured.again
    ]
    rows.append(
        [
            "**all, each as often**",
            *(_share(overall(measured, models=False)[at]) for at in bits),
            _share(np.mean([one.agreed.mean() for one in measured.again])),
            _bold(overall(measured, models=True)[most_bits]),
        ]
    )
    heads = ["variant", *(f"≤ {at} bits" for at in bits), "models agree", f"known again (≤ {most_bits}, agreeing)"]
    return _table(heads, rows)


def overall(measured: Evaluation, *, models: bool) -> Sequence[float]:
    """The mean over the variants, at 0 … MAX_BITS bits."""
    shares = [one.with_models if models else one.by_hash for one in measured.again]
    return [float(share) for share in np.mean(shares, axis=0)]


def thresholds(measured: Evaluation, bits: Iterable[int]) -> str:
    alone, agreeing = overall(measured, models=False), overall(measured, models=True)
    sets = (measured.originals, measured.variants, measured.stands)
    rows = [
        [str(at), _share(alone[at]), _share(agreeing[at]), *(cell for one in sets for cell in _mistakes(one, at))]
        for at in bits
        if at <= MAX_BITS
    ]
    asked = ("originals mistaken", "variants mistaken", "pairs on a stand mistaken")
    named = [head for what in asked for head in (f"{what}, hash alone", "… models agreeing")]
    return _table(["bits", "known again, hash alone", "… models agreeing", *named], rows)


def _mistakes(one: FalseMatches, at: int) -> list[str]:
    pairs = ((one.by_hash[at], one.by_hash_other[at]), (one.with_models[at], one.with_models_other[at]))
    return [f"{false:,} ({other:,})" if false else "0" for false, other in pairs]


def bounds(measured: Evaluation, most_bits: int) -> str:
    """Bounds are for photos: 28 variants of one photo are not independent, nor are the pairs that share a photo."""
    stands = measured.stands
    return (
        f"At {most_bits} bits and with the vision models agreeing: {_of(measured.originals, most_bits)} originals had "
        f"another thing's answer ({_bound(int(measured.originals.with_models[most_bits]), measured.photos)}), "
        f"{_of(measured.variants, most_bits)} variants, which come from {measured.sample} photos "
        f"({_bound(int(measured.variants.with_models[most_bits]), measured.sample)} of the photos), and "
        f"{_of(stands, most_bits)} pairs under a camera on a stand, which come from the same {measured.sample} "
        "photos."
    )


def _of(one: FalseMatches, at: int) -> str:
    return f"{one.with_models[at]:,} of {one.asked:,}"


def _bound(seen: int, among: int) -> str:
    return f"at 95 % fewer than {at_most(seen, among):.2%}"


def stream(measured: Evaluation) -> str:
    kinds = [kind for kind in REPEAT_SHARES if any(result.sent[kind] for result in measured.streams.values())]
    rows = [[str(bits), *_told(result, kinds)] for bits, result in measured.streams.items()]
    return _table(["bits", "photos", "repeats", "repeats known", *kinds, "wrong answers", "new photos known"], rows)


def _told(result: StreamResult, kinds: Sequence[str]) -> list[str]:
    by_kind = [f"{result.hits[kind]} of {result.sent[kind]}" for kind in kinds]
    whole = f"{result.repeats_hit / result.repeats:.1%}" if result.repeats else "–"
    return [
        f"{sum(result.sent.values()):,}",
        f"{result.repeats:,}",
        whole,
        *by_kind,
        str(result.wrong_answers),
        str(result.hits[NEW]),
    ]


def _share(value: float) -> str:
    """A percentage, never rounded to 0 % or 100 % when it is not that."""
    if 0 < value < 0.001 or 0.999 < value < 1:
        return f"{value:.2%}"
    return f"{value:.1%}" if 0 < value < 1 else f"{value:.0%}"


def _bold(value: float) -> str:
    return f"**{_share(value)}**"


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
