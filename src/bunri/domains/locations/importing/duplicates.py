"""Decides when two bins are the same one.

Open data lists the same bin twice: within a file, and in the files of the district, the city and the state, each with
its own geocoder. Two bins of one kind are the same when they stand within SAME_POSITION_M of each other, or within
SAME_ADDRESS_M and share their address. (Of 40,000 Korean bins, such pairs were nearly always one bin with two spellings
of its name; a larger circle starts to merge different bins of a big estate.) The first one is kept unchanged.
"""

from collections import defaultdict
from itertools import product
from math import dist, floor
from typing import Final

from bunri.domains.locations.geodesy import cartesian
from bunri.domains.locations.importing.rows import NewBin

SAME_POSITION_M: Final = 5.0
SAME_ADDRESS_M: Final = 50.0
"""Metres."""

_Point = tuple[float, float, float]
_NEIGHBOURS: Final = tuple(product((-1, 0, 1), repeat=3))


def same_address(one: str | None, other: str | None) -> bool:
    """Whether both are known and equal but for spaces."""
    return one is not None and other is not None and one.replace(" ", "") == other.replace(" ", "")


class DuplicateFilter:
    """Finds duplicates within a batch by a grid of cubes as wide as the larger circle."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[str, int, int, int], list[tuple[_Point, str | None]]] = defaultdict(list)

    def add(self, new_bin: NewBin) -> bool:
        """Adds ``new_bin``; False when it is a duplicate of an earlier one."""
        point = cartesian(new_bin.lat, new_bin.lng)
        x, y, z = (floor(axis / SAME_ADDRESS_M) for axis in point)
        for dx, dy, dz in _NEIGHBOURS:
            for other, address in self._cells.get((new_bin.kind, x + dx, y + dy, z + dz), ()):
                apart = dist(point, other)
                if apart <= SAME_POSITION_M or (apart <= SAME_ADDRESS_M and same_address(new_bin.address, address)):
                    return False
        self._cells[new_bin.kind, x, y, z].append((point, new_bin.address))
        return True
