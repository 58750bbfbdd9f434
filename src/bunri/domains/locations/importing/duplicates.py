"""When two bins are one.

Open data lists the same bin twice: within a file, and in the files of the district, the city and the state, each with
its own geocoder. Two bins of one kind are the same when they stand within SAME_SPOT of each other, or within
SAME_ADDRESS and share their address. (Of 40,000 Korean bins, those pairs were one bin with two spellings of its name
nearly always; a larger circle begins to swallow the bins of a big estate.) The first one stays as it is.
"""

from collections import defaultdict
from itertools import product
from math import dist, floor
from typing import Final

from bunri.domains.locations.geodesy import cartesian
from bunri.domains.locations.importing.rows import Draft

SAME_SPOT: Final = 5.0
SAME_ADDRESS: Final = 50.0
"""Metres."""

_Point = tuple[float, float, float]
_NEIGHBOURS: Final = tuple(product((-1, 0, 1), repeat=3))


def same_address(one: str | None, other: str | None) -> bool:
    """Whether both are known and differ in spaces at most."""
    return one is not None and other is not None and one.replace(" ", "") == other.replace(" ", "")


class Seen:
    """The bins of one batch so far, in a grid of cubes as wide as the larger circle."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[str, int, int, int], list[tuple[_Point, str | None]]] = defaultdict(list)

    def add(self, draft: Draft) -> bool:
        """Remember ``draft``; False when it is one of those already seen."""
        point = cartesian(draft.lat, draft.lng)
        x, y, z = (floor(axis / SAME_ADDRESS) for axis in point)
        for dx, dy, dz in _NEIGHBOURS:
            for other, address in self._cells.get((draft.kind, x + dx, y + dy, z + dz), ()):
                apart = dist(point, other)
                if apart <= SAME_SPOT or (apart <= SAME_ADDRESS and same_address(draft.address, address)):
                    return False
        self._cells[draft.kind, x, y, z].append((point, draft.address))
        return True
