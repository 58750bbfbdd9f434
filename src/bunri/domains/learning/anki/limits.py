"""How much of a file of cards is read, whatever it says of itself."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bytes, unless said otherwise. Each is checked before, or while, something is unpacked."""

    entries: int = 20_000
    """Parts of the ZIP file."""
    directory: int = 4 * 2**20
    """Of the ZIP file's list of its parts."""
    collection: int = 256 * 2**20
    """The tables, unpacked, on the disk."""
    media_map: int = 8 * 2**20
    picture: int = 10 * 2**20
    pictures: int = 512 * 2**20
    """All of them, unpacked, one after the other."""
    row: int = 16 * 2**20
    """The largest value in the tables: descriptions of note types stand in one."""
    notes: int = 100_000
    cards: int = 100_000
    reviews: int = 500_000
    side: int = 200_000
    """Characters of HTML of one side that are looked at."""
    text: int = 48 * 2**20
    """A table or a JSON file."""


LIMITS: Final = ReadingLimits()
LONGEST_SIDE: Final = 10_000
"""Characters of a side of a card, as ``schemas`` has it."""
