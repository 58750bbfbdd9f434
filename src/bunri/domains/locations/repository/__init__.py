"""Every SQL statement of locations. What it returns are frozen values; ORM rows stay inside."""

from bunri.domains.locations.repository.bins import (
    Bin,
    BinCandidate,
    Cell,
    LocationsRepository,
    PersonVote,
    nearest,
)
from bunri.domains.locations.repository.pulls import PulledBin, StoredBin

__all__ = [
    "Bin",
    "BinCandidate",
    "Cell",
    "LocationsRepository",
    "PersonVote",
    "PulledBin",
    "StoredBin",
    "nearest",
]
