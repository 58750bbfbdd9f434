"""The figure of docs/near-duplicates.md as SVG: what each threshold finds again, and what it mistakes.

It has a background of its own and follows the reader's colours, so it can be read on light and dark pages.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.duplicates.counting import MAX_BITS
from bench.duplicates.measure import Evaluation

_WIDTH, _HEIGHT = 1040, 420
_TOP, _PANE, _ACROSS = 70, 280, 290
_STYLE: Final = """
.ground{fill:#ffffff}text{font:12px system-ui,sans-serif;fill:#22313a}.title{font-weight:600;font-size:14px}
.soft{fill:#5c6b73}.line{fill:none;stroke-width:2;stroke-linejoin:round}.grid{stroke:#d9e0de;stroke-width:1}
.mark{stroke:#22313a;stroke-width:1.5;stroke-dasharray:4 3}
@media(prefers-color-scheme:dark){.ground{fill:#161c20}text{fill:#e4eaec}.soft{fill:#9fb0b8}.grid{stroke:#323d43}
.mark{stroke:#e4eaec}}
"""
_EVEN: Final = 2
"""Distances of pHashes are even, so every second threshold is the same as the one before."""
_COLOURS: Final = ("#1f9d74", "#3f83c9", "#c9752f", "#9a63b8", "#c24a5a", "#8a8f2e", "#2c9db0", "#7f8c93")

Series = tuple[str, NDArray[np.float64]]
"""A name and its values at 0 … MAX_BITS bits."""
Scale = Callable[[float], float]
"""Value → share of the pane's height, from below."""
_LEAST, _DECADES = 0.1, 6


def draw(measured: Evaluation, most_bits: int) -> str:
    found = [(name, 100 * values) for name, values in _kinds(measured)]
    stands = measured.stands
    mistaken: list[Series] = [
        ("TrashNet, hash alone", 1e5 * _rate(measured)),
        ("on a stand, hash alone", 1e5 * stands.by_hash / stands.asked),
        ("on a stand, models agreeing", 1e5 * stands.with_models / stands.asked),
    ]
    shares = {step: f"{step} %" for step in (0, 25, 50, 75, 100)}
    powers = {0: "none", **{10**power: f"{10**power:,}" for power in range(5)}}
    parts = [
        *_pane(70, "Known again, vision models agreeing", lambda value: value / 100, shares, found, most_bits),
        *_pane(560, "Taken for another thing, of 100,000", _decades, powers, mistaken, most_bits),
    ]
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-label="Photos known again and mistaken, by threshold">\n'
        f'<style>{_STYLE}</style>\n<rect class="ground" width="100%" height="100%" rx="8"/>\n{inside}\n</svg>\n'
    )


def _decades(value: float) -> float:
    """Logarithmic, with none at the bottom."""
    return float(np.log10(max(value, _LEAST) / _LEAST)) / _DECADES


def _kinds(measured: Evaluation) -> list[Series]:
    """The mean of each kind of variant, best first."""
    kinds = dict.fromkeys(one.kind for one in measured.again)
    means = [(kind, np.mean([one.with_models for one in measured.again if one.kind == kind], axis=0)) for kind in kinds]
    return sorted(means, key=lambda pair: -float(pair[1].sum()))


def _rate(measured: Evaluation) -> NDArray[np.float64]:
    """By hash alone: with the vision models agreeing it is at most as much."""
    asked = measured.originals.asked + measured.variants.asked
    return np.asarray((measured.originals.by_hash + measured.variants.by_hash) / asked)


def _pane(
    left: int, title: str, scale: Scale, ticks: Mapping[int, str], lines: Sequence[Series], most_bits: int
) -> list[str]:
    def x(bits: float) -> float:
        return left + _ACROSS * bits / MAX_BITS

    def y(value: float) -> float:
        return _TOP + _PANE * (1 - scale(value))

    below = _TOP + _PANE
    parts = [f'<text class="title" x="{left}" y="30">{escape(title)}</text>']
    for value, words in ticks.items():
        parts.append(f'<line class="grid" x1="{left}" x2="{left + _ACROSS}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        parts.append(_soft(left - 8, y(value) + 4, words, "end"))
    parts += [_soft(x(bits), below + 20, str(bits)) for bits in range(0, MAX_BITS + 1, 10)]
    parts.append(_soft(left + _ACROSS / 2, below + 42, "most differing bits of 256"))
    mark = f'x1="{x(most_bits):.1f}" x2="{x(most_bits):.1f}" y1="{_TOP - 8}" y2="{below}"'
    parts.append(f'<line class="mark" {mark}/>')
    parts.append(f'<text text-anchor="middle" x="{x(most_bits):.1f}" y="{_TOP - 14}">{most_bits}, shipped</text>')
    return [*parts, *_lines(lines, x, y), *_names(lines, left + _ACROSS + 8, y)]


def _soft(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text class="soft" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def _lines(lines: Sequence[Series], x: Scale, y: Scale) -> list[str]:
    return [
        f'<polyline class="line" stroke="{colour}" points="{" ".join(_points(values, x, y))}"/>'
        for (_, values), colour in zip(lines, _COLOURS, strict=False)
    ]


def _points(values: NDArray[np.float64], x: Scale, y: Scale) -> list[str]:
    return [f"{x(bits):.1f},{y(float(values[bits])):.1f}" for bits in range(0, MAX_BITS + 1, _EVEN)]


def _names(lines: Sequence[Series], left: float, y: Scale) -> list[str]:
    """At the ends of the lines, pushed down where they would touch."""
    parts, lowest = [], 0.0
    for at in sorted(range(len(lines)), key=lambda at: y(float(lines[at][1][-1]))):
        name, values = lines[at]
        lowest = max(y(float(values[-1])) + 4, lowest + 15)
        parts.append(f'<text x="{left}" y="{lowest:.1f}" style="fill:{_COLOURS[at]}">{escape(name)}</text>')
    return parts
