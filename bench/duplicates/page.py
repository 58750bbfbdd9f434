"""The tables of docs/near-duplicates.md."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from bench.duplicates.counting import MOST_BITS, at_most
from bench.duplicates.measure import Measured, Mistaken
from bench.duplicates.stream import MIX, NEW, Told

SHOWN: Final = (0, 2, 4, 6, 8, 10, 14, 20, 28, 40)
_SOME: Final = (4, 10, 14, 28, 40)


def blocks(measured: Measured, most_bits: int) -> dict[str, str]:
    """Marker → Markdown."""
    return {
        "again": again(measured, most_bits),
        "thresholds": thresholds(measured, sorted({*SHOWN, most_bits})),
        "bounds": bounds(measured, most_bits),
        "stream": stream(measured),
    }


def again(measured: Measured, most_bits: int) -> str:
    bits = sorted({*_SOME, most_bits})
    rows = [
        [
            one.name,
            *(_share(one.by_hash[at]) for at in bits),
            _share(one.agreed.mean()),
            _bold(one.with_eyes[most_bits]),
        ]
        for one in measured.again
    ]
    rows.append(
        [
            "**all, each as often**",
            *(_share(overall(measured, eyes=False)[at]) for at in bits),
            _share(np.mean([one.agreed.mean() for one in measured.again])),
            _bold(overall(measured, eyes=True)[most_bits]),
        ]
    )
    heads = ["variant", *(f"≤ {at} bits" for at in bits), "eyes agree", f"known again (≤ {most_bits}, agreeing)"]
    return _table(heads, rows)


def overall(measured: Measured, *, eyes: bool) -> Sequence[float]:
    """The mean over the variants, at 0 … MOST_BITS bits."""
    shares = [one.with_eyes if eyes else one.by_hash for one in measured.again]
    return [float(share) for share in np.mean(shares, axis=0)]


def thresholds(measured: Measured, bits: Iterable[int]) -> str:
    alone, agreeing = overall(measured, eyes=False), overall(measured, eyes=True)
    sets = (measured.originals, measured.variants, measured.stands)
    rows = [
        [str(at), _share(alone[at]), _share(agreeing[at]), *(cell for one in sets for cell in _mistakes(one, at))]
        for at in bits
        if at <= MOST_BITS
    ]
    asked = ("originals mistaken", "variants mistaken", "pairs on a stand mistaken")
    named = [head for what in asked for head in (f"{what}, hash alone", "… eyes agreeing")]
    return _table(["bits", "known again, hash alone", "… eyes agreeing", *named], rows)


def _mistakes(one: Mistaken, at: int) -> list[str]:
    pairs = ((one.by_hash[at], one.by_hash_other[at]), (one.with_eyes[at], one.with_eyes_other[at]))
    return [f"{false:,} ({other:,})" if false else "0" for false, other in pairs]


def bounds(measured: Measured, most_bits: int) -> str:
    """Bounds are for photos: 28 variants of one are no 28 witnesses, nor is a photo one in each of its pairs."""
    stands = measured.stands
    return (
        f"At {most_bits} bits and with our eyes agreeing: {_of(measured.originals, most_bits)} originals had another "
        f"thing's answer ({_bound(int(measured.originals.with_eyes[most_bits]), measured.photos)}), "
        f"{_of(measured.variants, most_bits)} variants, which come from {measured.sample} photos "
        f"({_bound(int(measured.variants.with_eyes[most_bits]), measured.sample)} of the photos), and "
        f"{_of(stands, most_bits)} pairs under a camera on a stand, which come from the same {measured.sample} "
        "photos."
    )


def _of(one: Mistaken, at: int) -> str:
    return f"{one.with_eyes[at]:,} of {one.asked:,}"


def _bound(seen: int, among: int) -> str:
    return f"at 95 % fewer than {at_most(seen, among):.2%}"


def stream(measured: Measured) -> str:
    kinds = [kind for kind in MIX if any(told.sent[kind] for told in measured.streams.values())]
    rows = [[str(bits), *_told(told, kinds)] for bits, told in measured.streams.items()]
    return _table(["bits", "photos", "repeats", "repeats known", *kinds, "wrong answers", "new photos known"], rows)


def _told(told: Told, kinds: Sequence[str]) -> list[str]:
    by_kind = [f"{told.hits[kind]} of {told.sent[kind]}" for kind in kinds]
    whole = f"{told.repeats_hit / told.repeats:.1%}" if told.repeats else "–"
    return [
        f"{sum(told.sent.values()):,}",
        f"{told.repeats:,}",
        whole,
        *by_kind,
        str(told.wrong_answers),
        str(told.hits[NEW]),
    ]


def _share(value: float) -> str:
    """Never rounded to all or nothing when it is not."""
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
